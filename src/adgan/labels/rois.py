"""Write outlines along pixel edges for ImageJ and QuPath; filled, they restore the label map."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike, NDArray
from roifile import ROI_TYPE, ImagejRoi

from adgan.errors import AdganError
from adgan.io import atomic
from adgan.labels.labelmap import check_labels
from adgan.labels.outlines import Outline, trace

Add = Callable[[Iterable[Outline]], None]
"""Adds outlines to a file."""
# ImageJ stores corners as 16-bit numbers and reads those above 60535 as negative.
_IMAGEJ_LARGEST = 60535
# The segments of a composite selection, numbered as in java.awt.geom.PathIterator.
_MOVE, _LINE, _CLOSE = 0, 1, 4


def write_imagej(labels: ArrayLike, path: str | os.PathLike[str]) -> None:
    """Write one selection per nucleus and plane as a zip for ImageJ's ROI manager.

    A nucleus in one piece without holes becomes a traced selection; others become a composite
    selection, which preserves holes and keeps pieces together. Selections are named by label,
    ``00007``, and in 3D by label and slice, counted from 1, ``00007-z012``, with the position set
    to that slice.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background. Without nuclei the zip is empty.
    path : path
        The file to write atomically, usually ``*.zip``.

    Raises
    ------
    AdganError
        If `labels` is not a label map or too large for the format, or `path` cannot be written.
    """
    array = check_labels(labels)
    with imagej_file(path, array.shape) as add:
        add(trace(array))


@contextmanager
def imagej_file(path: str | os.PathLike[str], shape: Sequence[int]) -> Iterator[Add]:
    """Write selections part by part, see :func:`write_imagej`.

    Parameters
    ----------
    path : path
        The file to write.
    shape : sequence of int
        Shape of the label map, ``(Z) Y X``.
    """
    if max(shape[-2:]) > _IMAGEJ_LARGEST:
        raise AdganError(
            f"ImageJ's selections end at {_IMAGEJ_LARGEST} pixels, but this map has "
            f"{shape[-1]} x {shape[-2]}: write GeoJSON instead."
        )
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:

        def add(outlines: Iterable[Outline]) -> None:
            for outline in outlines:
                roi = _imagej(outline, stack=len(shape) == 3)
                # A ZipInfo has a fixed date, so that equal maps give equal files.
                entry = zipfile.ZipInfo(f"{roi.name}.roi")
                archive.writestr(entry, roi.tobytes(), zipfile.ZIP_DEFLATED)

        yield add


def _imagej(outline: Outline, stack: bool) -> ImagejRoi:
    rings = [ring for polygon in outline.polygons for ring in polygon]
    corners = np.concatenate(rings)
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    roi = ImagejRoi(name=f"{outline.label:05d}", top=top, left=left, bottom=bottom, right=right)
    if stack:
        roi.name += f"-z{outline.plane + 1:03d}"
        roi.position = outline.plane + 1
    if len(rings) == 1:
        roi.roitype = ROI_TYPE.TRACED
        roi.integer_coordinates = (corners - [left, top]).astype(np.int32)
        roi.n_coordinates = len(corners)
    else:
        roi.roitype = ROI_TYPE.RECT
        roi.multi_coordinates = np.concatenate([_java_path(ring) for ring in rings])
        roi.shape_roi_size = roi.multi_coordinates.size
    return roi


def _java_path(ring: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a ring as segments, float32: move x y, line x y, ..., close."""
    steps = np.column_stack([np.full(len(ring), _LINE), ring])
    steps[0, 0] = _MOVE
    return np.append(steps, _CLOSE).astype(np.float32)


def write_geojson(labels: ArrayLike, path: str | os.PathLike[str]) -> None:
    """Write one feature per nucleus and plane as a GeoJSON FeatureCollection for QuPath.

    Features are detections, as QuPath draws thousands of them faster than annotations. They are
    named by label; holes are inner rings, and several pieces are a MultiPolygon. In 3D the
    geometry's ``plane.z`` is the slice, counted from 0 as in QuPath.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background. Without nuclei the collection is empty.
    path : path
        The file to write atomically, usually ``*.geojson``.

    Raises
    ------
    AdganError
        If `labels` is not a label map, or `path` cannot be written.
    """
    with geojson_file(path) as add:
        add(trace(labels))


@contextmanager
def geojson_file(path: str | os.PathLike[str]) -> Iterator[Add]:
    """Write features part by part, see :func:`write_geojson`."""
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        between = ""

        def add(outlines: Iterable[Outline]) -> None:
            nonlocal between
            for outline in outlines:
                feature = _feature(outline)
                file.write(between + json.dumps(feature, separators=(",", ":")))
                between = ",\n"

        yield add
        file.write("\n]}\n")


def _feature(outline: Outline) -> dict[str, object]:
    polygons = [
        [[*ring.tolist(), ring[0].tolist()] for ring in polygon] for polygon in outline.polygons
    ]
    single = len(polygons) == 1
    return {
        "type": "Feature",
        "geometry": {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": polygons[0] if single else polygons,
            "plane": {"c": -1, "z": outline.plane, "t": 0},  # -1: all channels
        },
        "properties": {
            "objectType": "detection",
            "name": str(outline.label),
            "classification": {"name": "Nucleus"},
        },
    }
