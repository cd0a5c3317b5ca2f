"""What is found in one image, and the files that are written of it beside its label map."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from skimage.segmentation import clear_border

from adgan.batch.manifest import Row
from adgan.confidence import Confidence
from adgan.errors import AdganError
from adgan.io import (
    Collection,
    Entry,
    Image,
    read_images,
    read_labels,
    write_gray,
    write_labels,
    write_png,
)
from adgan.io.ome_zarr import LABELS, is_zarr
from adgan.io.zarr_labels import NAME, write_zarr_labels
from adgan.measure import measure
from adgan.report.overlay import overlay as draw_overlay
from adgan.report.pictures import resize_labels, show
from adgan.report.trust import FIRST, Judged, count_bands, trust_page, trust_picture
from adgan.report.volumes import sheet
from adgan.rois import write_geojson, write_imagej
from adgan.tables import SUFFIXES, TableFormat, write_table

Store = Literal["tiff", "zarr", "source"]
"""Whether label maps are TIFFs, OME-Zarr of their own, or lie in the OME-Zarr of their images."""

HELD = 10
"""Bytes a pixel of the label map, and of what is written of it."""


@dataclass(frozen=True)
class Asked:
    """What is to be found in each image, and what is to be written of it.

    Parameters
    ----------
    threshold, probability, overlay, table, rois, symmetries, confidence, store, pictures
        As for :func:`adgan.segment.segment`.
    table_format, exclude_border
        The same.
    """

    threshold: float | None = None
    probability: bool = False
    overlay: bool = False
    table: bool = False
    rois: bool = False
    symmetries: bool = False
    confidence: bool = False
    store: Store = "tiff"
    table_format: TableFormat = "csv"
    exclude_border: bool = False
    pictures: bool = True

    @property
    def files(self) -> bool:
        """Whether files are written beside label maps."""
        return self.probability or self.overlay or self.table or self.rois

    @property
    def held(self) -> int:
        """Bytes a pixel of the label map, and of what is written of it."""
        return HELD + 4 * self.probability + 4 * self.confidence

    def place(self, folder: Path, entry: Entry) -> Path:
        """Return where the label map of an image goes."""
        if self.store == "source":
            return entry.path / LABELS / NAME
        if self.store == "zarr":
            return folder / f"{entry.name}.ome.zarr" / LABELS / NAME
        return folder / f"{entry.name}.tif"


@dataclass(frozen=True)
class Segmentation:
    """What segmenting finds in one image.

    ``labels`` is uint32 ``(Z) Y X``; ``probability`` float32 of the same shape, from 0 to 1, and
    ``confidence`` are there where they were asked for.
    """

    labels: np.ndarray
    probability: np.ndarray | None = None
    confidence: Confidence | None = None


def without_border(found: Segmentation) -> Segmentation:
    """Leave out nuclei that the frame cuts; those that stay are numbered from 1 without gaps."""
    labels = clear_border(found.labels)
    stays = np.bincount(labels.ravel(), minlength=int(found.labels.max(initial=0)) + 1) > 0
    stays[0] = False
    numbers = (np.cumsum(stays) * stays).astype(np.uint32)
    sure = found.confidence
    if sure:
        kept = stays[1 : len(sure.nuclei) + 1]
        reasons = {name: values[kept] for name, values in sure.reasons.items()}
        sure = replace(sure, nuclei=sure.nuclei[kept], reasons=reasons)
    return Segmentation(numbers[labels], found.probability, sure)


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
    """Write a label map to where :meth:`Asked.place` says."""
    if path.suffix == ".tif":
        path.parent.mkdir(parents=True, exist_ok=True)
        write_labels(path, labels, spacing)
    else:
        write_zarr_labels(path.parents[1], labels, spacing)


def write_extras(folder: Path, image: Image, found: Segmentation, asked: Asked) -> None:
    """Write what was asked for, each kind into a sub-folder of its own.

    Parameters
    ----------
    folder
        Of the results.
    image
        What was segmented.
    found
        What came of it; its soft mask and its confidence are written where they are there.
    asked
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
    if asked.overlay:
        write_overlay(output_place(folder, "overlay", image.name, ".png"), image, found.labels)
    if asked.table:
        extra = sure.columns() if sure else None
        rows = measure(found.labels, image.pixels, image.spacing, extra=extra)
        write_table(rows, output_place(folder, "tables", image.name, SUFFIXES[asked.table_format]))
    if asked.rois:
        write_imagej(found.labels, output_place(folder, "rois", image.name, ".zip"))
        write_geojson(found.labels, output_place(folder, "rois", image.name, ".geojson"))


def write_overlay(path: Path, image: Image, labels: np.ndarray) -> None:
    """Write an image with the outlines of its nuclei; a volume from above and in slices."""
    if image.pixels.ndim == 3:
        write_png(path, sheet(image.pixels, labels, image.spacing))
        return
    picture = show(image.pixels)
    write_png(path, draw_overlay(picture, resize_labels(labels, picture.shape)))


def confidence_of(sure: Confidence) -> dict[str, Any]:
    """Return what a manifest keeps of an image's confidence, for the page."""
    bands = count_bands(sure.nuclei).tolist()
    return {"confidence": sure.image, "missed": float(sure.missed), "bands": bands}


def confidence_page(
    folder: Path, rows: Iterable[Row], collection: Collection, asked: Asked
) -> None:
    """Write the page of confidence from what the manifest and the files of a folder say.

    Parameters
    ----------
    folder
        Of the results.
    rows
        Of its manifest.
    collection
        The images; the least sure are read once more, to be shown.
    asked
        Where their label maps are.
    """
    judged = sorted(
        (row for row in rows if "confidence" in row.details), key=lambda r: r.details["confidence"]
    )
    entries = {entry.name: entry for entry in collection.entries}
    first = judged[:FIRST] if asked.pictures else []
    shown = [entries[row.name] for row in first if row.name in entries]
    pictures = {
        e.name: _trust_picture(folder, collection.read(e), asked.place(folder, e))
        for e in shown
        if not e.large
    }
    if judged:
        trust_page(
            folder / "confidence" / "report.html",
            [
                Judged(
                    row.name,
                    row.details["confidence"],
                    tuple(row.details["bands"]),
                    row.details["missed"],
                    pictures.get(row.name),
                )
                for row in judged
            ],
        )


def _trust_picture(folder: Path, image: Image, path: Path) -> np.ndarray:
    """Draw what was written of an image: its labels in the colours of their confidence."""
    labels = read_labels(path).pixels
    (painted,) = read_images(folder / "confidence" / f"{image.name}.tif", check=False)
    nuclei = np.zeros(int(labels.max()) + 1)
    nuclei[labels.ravel()] = painted.pixels.ravel()
    return trust_picture(image.pixels, labels, nuclei[1:], image.spacing)


def output_place(folder: Path, kind: str, name: str, suffix: str) -> Path:
    """Return where one kind of output goes, its folder made when it is first needed."""
    place = folder / kind / f"{name}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
