"""The options of `adgan segment`: what is written, and what does the work."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from adgan.cli.options import RUN, WRITE, Device
from adgan.cli.ranges import PARALLEL, SHARE
from adgan.errors import AdganError

if TYPE_CHECKING:
    from adgan.segmentation.options import SegmentOptions


@Parameter(name="*", group=WRITE.group)
@dataclass(frozen=True, kw_only=True)
class ResultOptions:
    """What is computed and written for each image.

    Parameters
    ----------
    threshold
        Foreground probability threshold, between 0 and 1 (default: the model's own).
    probability
        Also write the foreground probability map.
    overlay
        Also write a picture of each image with the outlines drawn on it.
    table
        Also write a table with a row per nucleus.
    table_format
        Table format: csv (default), parquet or anndata (.h5ad); implies --table.
    rois
        Also write outlines for ImageJ and QuPath.
    symmetries
        Average the network's output over eight flips and rotations: slightly more robust, and
        eight times slower (four times without a run).
    confidence
        Estimate how reliable each image and nucleus is: table columns, a map, and a report page
        that lists the images to check first.
    exclude_border
        Remove nuclei that touch the image border from label maps and tables.
    series
        Also write the label maps of each time series for trackers: as one stack, and with the
        file names of the Cell Tracking Challenge. The frames of a file, or the files of a
        folder, form a series.
    no_pictures
        Keep pictures of the images out of the confidence report.
    store
        Format of the label maps: tiff (default), zarr (NAME.ome.zarr/labels/nuclei), or source
        (in the image's own OME-Zarr store).
    """

    threshold: Annotated[float | None, SHARE, RUN] = None
    probability: bool = False
    overlay: bool = False
    table: bool = False
    table_format: Literal["csv", "parquet", "anndata"] | None = None
    rois: bool = False
    symmetries: Annotated[bool, RUN] = False
    confidence: bool = False
    exclude_border: Annotated[bool, RUN] = False
    series: bool = False
    no_pictures: bool = False
    store: Literal["tiff", "zarr", "source"] = "tiff"

    def wanted(self) -> "SegmentOptions":
        """Return the options for :func:`adgan.segment`."""
        from adgan.segmentation.options import SegmentOptions

        given = vars(self) | {
            "table": self.table or self.table_format is not None,
            "table_format": self.table_format or "csv",
            "pictures": not self.no_pictures,
        }
        del given["no_pictures"]
        return SegmentOptions(**given)


@Parameter(name="*", group=RUN.group)
@dataclass(frozen=True, kw_only=True)
class WorkOptions:
    """What does the work.

    Parameters
    ----------
    part
        Process only part I of N of the images, such as 1/8, to split the work among jobs.
    workers
        Number of single-threaded processes that share the work.
    scheduler
        Address of a Dask scheduler whose workers share the work.
    device
        Device to compute on (default auto: the fastest available).
    engine
        Engine that runs the built-in model: torch (default), onnx or openvino. onnx and openvino
        run on the CPU; openvino is faster than torch.
    precision
        Number format of the built-in model: auto (default: bfloat16 on processors that
        multiply it, else float32), float32 or bfloat16. Label maps differ in a few pixels.
    """

    part: str | None = None
    workers: Annotated[int | None, PARALLEL] = None
    scheduler: str | None = None
    device: Device = "auto"
    engine: Literal["torch", "onnx", "openvino"] = "torch"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"

    def check(self, run: Path | None) -> None:
        """Refuse options that contradict each other, or a run folder."""
        if self.workers and self.scheduler:
            raise AdganError("--workers and --scheduler are both given: choose one")
        for name in ("engine", "precision"):
            value = getattr(self, name)
            if run and value != getattr(WorkOptions(), name):
                raise AdganError(
                    f"--{name} {value} is only for the built-in model: leave out {run}"
                )
