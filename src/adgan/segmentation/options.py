"""The requested results for each image, in memory and as files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adgan.io import Entry
from adgan.io.ome_zarr import LABELS
from adgan.io.zarr_labels import LABEL_MAP_NAME
from adgan.measuring.tables import TableFormat

Store = Literal["tiff", "zarr", "source"]
"""Storage of label maps: TIFF, a separate OME-Zarr store, or the OME-Zarr store of the image."""

LABEL_MAP_BYTES = 10
"""Memory per pixel of the label map and of writing it, in bytes."""


@dataclass(frozen=True)
class Options:
    """The requested results for each image, in memory and as files.

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
        """True if files other than label maps are written."""
        return self.probability or self.overlay or self.table or self.rois

    @property
    def held(self) -> int:
        """Memory per pixel of the requested results and of writing them, in bytes."""
        return LABEL_MAP_BYTES + 4 * self.probability + 4 * self.confidence

    def place(self, folder: Path, entry: Entry) -> Path:
        """Return the path of an image's label map."""
        if self.store == "source":
            return entry.path / LABELS / LABEL_MAP_NAME
        if self.store == "zarr":
            return folder / f"{entry.name}.ome.zarr" / LABELS / LABEL_MAP_NAME
        return folder / f"{entry.name}.tif"
