"""Write the labels of a layer for other programs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import claim_files, make_folder, write_labels
from adgan.io.zarr_labels import write_zarr_labels
from adgan.labels.rois import write_geojson, write_imagej
from adgan.measuring.measure import measure
from adgan.measuring.tables import write_csv

KINDS = {
    "tiff": ("Label maps, TIFF", "_labels.tif"),
    "zarr": ("Label maps, OME-Zarr", ".ome.zarr"),
    "imagej": ("Outlines for ImageJ", "_rois.zip"),
    "qupath": ("Outlines for QuPath", ".geojson"),
    "table": ("Table, CSV", ".csv"),
}
"""Kinds of output: the name of each, and the ending of its files."""


def export(
    folder: Path,
    names: Sequence[str],
    labels: np.ndarray,
    kinds: Sequence[str],
    image: np.ndarray | None = None,
    spacing: tuple[float, ...] | None = None,
    confidence: dict[int, float] | None = None,
    overwrite: bool = False,
) -> Iterator[Path]:
    """Write label maps, one file per kind and frame.

    Parameters
    ----------
    folder
        Output folder; created if it does not exist.
    names
        Names of the frames.
    labels
        Label maps ``T (Z) Y X``.
    kinds
        Kinds of output, keys of :data:`KINDS`.
    image
        Intensities for the table, of the same shape.
    spacing
        Pixel size along ``(Z) Y X`` in micrometres.
    confidence
        Confidence by label, for the table.
    overwrite
        Replace existing files.

    Yields
    ------
    Path
        The path of each file after it was written.

    Raises
    ------
    AdganError
        If a file exists or cannot be written.
    """
    if not kinds:
        raise AdganError("choose what to write")
    places = {(n, k): folder / f"{n}{KINDS[k][1]}" for n in names for k in kinds}
    make_folder(folder)
    if not overwrite and (held := next((p for p in places.values() if p.exists()), None)):
        raise AdganError(f"{held} exists: choose another folder, or allow files to be replaced")
    claim_files([p for p in places.values() if p.suffix != ".zarr"], overwrite)
    for number, name in enumerate(names):
        frame = np.ascontiguousarray(labels[number])
        for kind in kinds:
            path = places[name, kind]
            if kind == "tiff":
                write_labels(path, frame, spacing)
            elif kind == "zarr":
                write_zarr_labels(path, frame, spacing)
            elif kind == "imagej":
                write_imagej(frame, path)
            elif kind == "qupath":
                write_geojson(frame, path)
            else:
                extra = {"confidence": confidence} if confidence else None
                light = None if image is None else image[number]
                write_csv(measure(frame, light, spacing, extra=extra), path)
            yield path
