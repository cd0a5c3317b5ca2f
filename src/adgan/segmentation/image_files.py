"""Write the result files of an image in memory."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import Entry, Image, write_gray, write_labels, write_png
from adgan.io.ome_zarr import is_zarr
from adgan.io.zarr_labels import write_zarr_labels
from adgan.labels.rois import write_geojson, write_imagej
from adgan.measuring.measure import measure
from adgan.measuring.tables import SUFFIXES, write_table
from adgan.report.volumes import sheet
from adgan.segmentation.options import SegmentOptions, Store
from adgan.segmentation.result import Segmentation


def check_store(store: Store, entries: Iterable[Entry]) -> None:
    """Refuse to store label maps with their images if one is not the only image of a store.

    Raises
    ------
    AdganError
        If an image is refused; names it.
    """
    for entry in entries if store == "source" else ():
        if not is_zarr(entry.path) or entry.parts > 1:
            raise AdganError(
                f"{entry.path} is not an OME-Zarr image with a single frame: write its label map "
                "to a separate store, or as TIFF"
            )


def write_map(path: Path, labels: np.ndarray, spacing: tuple[float, ...] | None) -> None:
    """Write a label map to the path that :meth:`SegmentOptions.place` returns."""
    if path.suffix == ".tif":
        path.parent.mkdir(parents=True, exist_ok=True)
        write_labels(path, labels, spacing)
    else:
        write_zarr_labels(path.parents[1], labels, spacing)


def write_extras(folder: Path, image: Image, found: Segmentation, options: SegmentOptions) -> None:
    """Write the requested files, each kind into its own sub-folder.

    Parameters
    ----------
    folder
        Results folder.
    image
        The segmented image.
    found
        Its result; the foreground probability and confidence are written if present.
    options
        The requested tables, outlines and pictures.

    Raises
    ------
    AdganError
        If a file cannot be written.
    """
    confidence = found.confidence
    if confidence:
        target = output_place(folder, "confidence", image.name, ".tif")
        write_gray(target, confidence.paint(found.labels), image.spacing)
    if found.probability is not None:
        target = output_place(folder, "probability", image.name, ".tif")
        write_gray(target, found.probability, image.spacing)
    if options.overlay:
        place = output_place(folder, "overlay", image.name, ".png")
        write_png(place, sheet(image.pixels, found.labels, image.spacing))
    if options.table:
        extra = confidence.columns() if confidence else None
        rows = measure(found.labels, image.pixels, image.spacing, extra=extra)
        write_table(
            rows, output_place(folder, "tables", image.name, SUFFIXES[options.table_format])
        )
    if options.rois:
        write_imagej(found.labels, output_place(folder, "rois", image.name, ".zip"))
        write_geojson(found.labels, output_place(folder, "rois", image.name, ".geojson"))


def output_place(folder: Path, kind: str, name: str, suffix: str) -> Path:
    """Return the path of an output, and create its folder."""
    place = folder / kind / f"{name}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
