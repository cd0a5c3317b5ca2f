"""What is to be found in each image, and what is to be written of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adgan.io import Entry
from adgan.io.ome_zarr import LABELS
from adgan.io.zarr_labels import NAME
from adgan.tables import TableFormat

Store = Literal["tiff", "zarr", "source"]
"""Whether label maps are TIFFs, OME-Zarr of their own, or lie in the OME-Zarr of their images."""

LABEL_MAP_BYTES = 10
"""Bytes per pixel of the label map, and of what is written of it."""


@dataclass(frozen=True)
class Options:
    """What is to be found in each image, and what is to be written of it.

    Parameters
    ----------
    threshold, probability, overlay, table, rois, symmetries, confidence, store, pictures
        As for :func:`adgan.segment`.
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
        """Bytes per pixel of the label map, and of what is written of it."""
        return LABEL_MAP_BYTES + 4 * self.probability + 4 * self.confidence

    def place(self, folder: Path, entry: Entry) -> Path:
        """Return where the label map of an image goes."""
        if self.store == "source":
            return entry.path / LABELS / NAME
        if self.store == "zarr":
            return folder / f"{entry.name}.ome.zarr" / LABELS / NAME
        return folder / f"{entry.name}.tif"
