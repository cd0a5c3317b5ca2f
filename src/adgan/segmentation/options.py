"""The requested results for each image, in memory and as files."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from adgan.errors import AdganError
from adgan.io import Entry
from adgan.io.ome_zarr import LABELS
from adgan.io.zarr_labels import LABEL_MAP_NAME
from adgan.measuring.tables import TableFormat, check_format

Store = Literal["tiff", "zarr", "source"]
"""Storage of label maps: TIFF, a separate OME-Zarr store, or the OME-Zarr store of the image."""

LABEL_MAP_BYTES = 10
"""Memory per pixel of the label map and of writing it, in bytes."""


@dataclass(frozen=True, kw_only=True)
class SegmentOptions:
    """The requested results for each image, in memory and as files.

    Parameters
    ----------
    threshold
        Foreground probability threshold; the default depends on the mask that the network draws,
        see :func:`adgan.models.decode.threshold_of`.
    probability
        Also write the foreground probability, ``probability/NAME.tif``, float32.
    overlay
        Also write the image with the outlines of its nuclei, ``overlay/NAME.png``.
    table
        Also write a table with one row per nucleus, ``tables/NAME.csv``.
    table_format
        ``csv``, ``parquet`` or ``anndata`` (``.h5ad``), see :mod:`adgan.measuring.tables`.
    rois
        Also write ImageJ's ``rois/NAME.zip`` and QuPath's ``rois/NAME.geojson``.
    series
        Also write the label maps of each time series for trackers, ``series/NAME.tif`` and
        ``series/NAME_RES/mask000.tif``, see :mod:`adgan.segmentation.series`. The frames of a file,
        or the files of a folder, are a series.
    confidence
        Also estimate how far each image and each nucleus can be trusted, see
        :mod:`adgan.quality.confidence`: columns of the table, ``confidence/NAME.tif`` (float32,
        each nucleus filled with its value) and ``confidence/report.html``. Takes about four times
        as long.
    symmetries
        Average the network's output over eight flips and quarter turns: slightly more
        robust, and eight times slower, or four times for the built-in model, which always uses two
        of them.
    exclude_border
        Leave nuclei that touch the border of the image out of label maps and tables; in volumes
        the first and the last slice are border, too.
    store
        Format of the label maps: ``tiff``, ``zarr`` (``NAME.ome.zarr/labels/nuclei``, OME-Zarr
        0.5), or ``source`` (in the image's own OME-Zarr store).
    pictures
        Show crops of the images on report pages.
    """

    threshold: float | None = None
    probability: bool = False
    overlay: bool = False
    table: bool = False
    table_format: TableFormat = "csv"
    rois: bool = False
    series: bool = False
    confidence: bool = False
    symmetries: bool = False
    exclude_border: bool = False
    store: Store = "tiff"
    pictures: bool = True

    def check(self, written: bool) -> None:
        """Refuse contradictory options; ``written`` is True if there is an output folder."""
        if self.threshold is not None and not 0 < self.threshold < 1:
            raise AdganError(f"threshold must be between 0 and 1, not {self.threshold:g}")
        if self.overlay and not self.pictures:
            raise AdganError(
                "overlays show the images, but pictures are turned off: leave out one of the two"
            )
        files = (self.probability, self.overlay, self.table, self.rois, self.series)
        if any(files) and not written:
            raise AdganError(
                "probability, overlay, table, rois and series need an output folder: name one"
            )
        if self.table:
            check_format(self.table_format)

    @property
    def settings(self) -> dict[str, Any]:
        """The options on which label maps and files of an image depend, by name."""
        return {name: value for name, value in asdict(self).items() if name != "series"}

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


AS_USUAL = SegmentOptions()
"""Label maps alone."""
