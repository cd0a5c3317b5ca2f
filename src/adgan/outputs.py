"""What is found in one image, and the files that are written of it beside its label map."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adgan.confidence import Confidence
from adgan.io import Image, write_gray, write_png
from adgan.measure import measure
from adgan.report.overlay import overlay as draw_overlay
from adgan.report.pictures import resize_labels, show
from adgan.report.trust import Judged, trust_picture
from adgan.report.volumes import sheet
from adgan.rois import write_geojson, write_imagej
from adgan.tables import write_csv


@dataclass(frozen=True)
class Segmentation:
    """What segmenting finds in one image.

    ``labels`` is uint32 ``(Z) Y X``; ``probability`` float32 of the same shape, from 0 to 1, and
    ``confidence`` are there where they were asked for.
    """

    labels: np.ndarray
    probability: np.ndarray | None = None
    confidence: Confidence | None = None


def write_extras(
    folder: Path,
    image: Image,
    found: Segmentation,
    *,
    overlay: bool = False,
    table: bool = False,
    rois: bool = False,
) -> None:
    """Write what was asked for, each kind into a sub-folder of its own.

    Parameters
    ----------
    folder
        Of the results.
    image
        What was segmented.
    found
        What came of it; its soft mask and its confidence are written where they are there.
    overlay, table, rois
        As for :func:`adgan.segment.segment`.

    Raises
    ------
    AdganError
        If a file cannot be written.
    """
    sure = found.confidence
    if sure:
        target = _part(folder, "confidence") / f"{image.name}.tif"
        write_gray(target, sure.paint(found.labels), image.spacing)
    if found.probability is not None:
        target = _part(folder, "probability") / f"{image.name}.tif"
        write_gray(target, found.probability, image.spacing)
    if overlay:
        write_overlay(_part(folder, "overlay") / f"{image.name}.png", image, found.labels)
    if table:
        extra = sure.columns() if sure else None
        rows = measure(found.labels, image.pixels, image.spacing, extra=extra)
        write_csv(rows, _part(folder, "tables") / f"{image.name}.csv")
    if rois:
        write_imagej(found.labels, _part(folder, "rois") / f"{image.name}.zip")
        write_geojson(found.labels, _part(folder, "rois") / f"{image.name}.geojson")


def write_overlay(path: Path, image: Image, labels: np.ndarray) -> None:
    """Write an image with the outlines of its nuclei; a volume from above and in slices."""
    if image.pixels.ndim == 3:
        write_png(path, sheet(image.pixels, labels, image.spacing))
        return
    picture = show(image.pixels)
    write_png(path, draw_overlay(picture, resize_labels(labels, picture.shape)))


def judge_picture(image: Image, labels: np.ndarray, sure: Confidence) -> Judged:
    """Return what the page of confidence shows of an image."""
    picture = trust_picture(image.pixels, labels, sure.nuclei, image.spacing)
    return Judged(image.name, sure.image, sure.nuclei, sure.missed, picture)


def _part(folder: Path, name: str) -> Path:
    """Return a sub-folder for one kind of output, made when it is first needed."""
    part = folder / name
    part.mkdir(exist_ok=True)
    return part
