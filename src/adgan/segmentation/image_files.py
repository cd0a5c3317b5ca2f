"""The files that are written of an image in memory."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import Entry, Image, write_gray, write_labels, write_png
from adgan.io.ome_zarr import is_zarr
from adgan.io.zarr_labels import write_zarr_labels
from adgan.measure import measure
from adgan.report.overlay import overlay as draw_overlay
from adgan.report.pictures import resize_labels, show
from adgan.report.volumes import sheet
from adgan.rois import write_geojson, write_imagej
from adgan.segmentation.options import Options, Store
from adgan.segmentation.result import Segmentation
from adgan.tables import SUFFIXES, write_table


def check_store(store: Store, entries: Iterable[Entry]) -> None:
    """Refuse label maps beside images that lie in no store, or in one for several of them.

    Raises
    ------
    AdganError
        Naming the image.
    """
    for entry in entries if store == "source" else ():
        if not is_zarr(entry.path) or entry.parts > 1:
            raise AdganError(
                f"{entry.path} is no OME-Zarr image of one frame: give its label map a store of "
                "its own, or write TIFF"
            )


def write_map(path: Path, labels: np.ndarray, spacing: tuple[float, ...] | None) -> None:
    """Write a label map to where :meth:`Options.place` says."""
    if path.suffix == ".tif":
        path.parent.mkdir(parents=True, exist_ok=True)
        write_labels(path, labels, spacing)
    else:
        write_zarr_labels(path.parents[1], labels, spacing)


def write_extras(folder: Path, image: Image, found: Segmentation, options: Options) -> None:
    """Write what was asked for, each kind into a sub-folder of its own.

    Parameters
    ----------
    folder
        Of the results.
    image
        What was segmented.
    found
        What came of it; its soft mask and its confidence are written where they are there.
    options
        Which tables, outlines and pictures are wanted.

    Raises
    ------
    AdganError
        If a file cannot be written.
    """
    sure = found.confidence
    if sure:
        target = output_place(folder, "confidence", image.name, ".tif")
        write_gray(target, sure.paint(found.labels), image.spacing)
    if found.probability is not None:
        target = output_place(folder, "probability", image.name, ".tif")
        write_gray(target, found.probability, image.spacing)
    if options.overlay:
        write_overlay(output_place(folder, "overlay", image.name, ".png"), image, found.labels)
    if options.table:
        extra = sure.columns() if sure else None
        rows = measure(found.labels, image.pixels, image.spacing, extra=extra)
        write_table(
            rows, output_place(folder, "tables", image.name, SUFFIXES[options.table_format])
        )
    if options.rois:
        write_imagej(found.labels, output_place(folder, "rois", image.name, ".zip"))
        write_geojson(found.labels, output_place(folder, "rois", image.name, ".geojson"))


def write_overlay(path: Path, image: Image, labels: np.ndarray) -> None:
    """Write an image with the outlines of its nuclei; a volume from above and in slices."""
    if image.pixels.ndim == 3:
        write_png(path, sheet(image.pixels, labels, image.spacing))
        return
    picture = show(image.pixels)
    write_png(path, draw_overlay(picture, resize_labels(labels, picture.shape)))


def output_place(folder: Path, kind: str, name: str, suffix: str) -> Path:
    """Return where one kind of output goes, its folder made when it is first needed."""
    place = folder / kind / f"{name}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
