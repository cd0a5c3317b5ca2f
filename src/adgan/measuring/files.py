"""`adgan.measure_files`: every nucleus of label maps measured in the images."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from skimage.segmentation import clear_border

from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError
from adgan.io import AS_STORED, Entry, Image, ReadOptions, Skipped
from adgan.io.find import Names
from adgan.measuring.measure import Table, measure
from adgan.measuring.pairs import open_pairs
from adgan.measuring.tables import TableFormat, write_table
from adgan.measuring.target import target_of
from adgan.system.claims import claims


@dataclass(frozen=True)
class Measured:
    """The result of one image.

    Attributes
    ----------
    name, count
        Name of the image, and number of its nuclei.
    path
        Its table; None if there is one table for all images, or if it was skipped.
    reason
        Why it was skipped; otherwise empty.
    """

    name: str
    count: int
    path: Path | None = None
    reason: str = ""

    @property
    def skipped(self) -> bool:
        """True if the image could not be measured."""
        return bool(self.reason)


@claims()
def measure_files(
    labels: Names,
    images: Names,
    output: str | os.PathLike[str],
    *,
    channels: Sequence[int] = (),
    read: ReadOptions = AS_STORED,
    table_format: TableFormat = "csv",
    exclude_border: bool = False,
    strict: bool = False,
    overwrite: bool = False,
    progress: Callable[[float, str], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> list[Measured]:
    """Measure every nucleus of label maps in the corresponding images.

    Images are read one at a time. A second call with the same arguments completes what is missing.

    Parameters
    ----------
    labels
        Folder, files or globs of label maps.
    images
        Folder, files or globs of images, paired with the label maps by name and sub-folder, or a
        single one of each.
    output
        One table for all images if the name ends in ``.csv``, ``.parquet`` or ``.h5ad`` (AnnData);
        otherwise a folder for one table per image.
    channels
        Channels to measure, counted from 0, if images have several.
    read
        How images and label maps are read (default: as the files say); its channel is not used.
    table_format
        Format of the tables in a folder: ``csv``, ``parquet`` or ``anndata``.
    exclude_border
        Leave out nuclei that touch the image border, including the first and the last slice.
    strict
        Raise an error if any label map or image cannot be used; by default it is skipped.
    overwrite
        Replace an existing table, or start over in a folder that already contains files.
    progress
        Called with the fraction of all pixels that is done and the name of the image.
    note
        Called with each message.

    Returns
    -------
    list of Measured
        In the order of the label maps; skipped ones at the end.

    Raises
    ------
    AdganError
        If a label map has no image with the same name, none can be used, or the output cannot be
        written or was started with other settings.
    """
    target = target_of(Path(output), table_format)
    pairs = open_pairs(labels, images, channels, read, strict)
    target.claim(pairs.paths, overwrite)
    pairs = pairs.proven(strict)
    settings = {
        "channels": list(channels), "frames": read.frames, "stack": read.stack,
        "spacing": read.spacing, "axes": read.axes, "scene": read.scene,
        "table_format": target.table_format, "exclude_border": exclude_border,
    }  # fmt: skip
    manifest = Manifest(target.begin(settings, pairs.paths, overwrite))
    entries = pairs.entries
    missing = [entry for entry in entries if not manifest.has(entry, target.path(entry.name))]
    if note and len(missing) < len(entries):
        note(f"{len(entries) - len(missing)} of {len(entries)} images were measured before")

    def do(
        entry: Entry, both: tuple[Image, list[Image]], shown: Callable[[float], None]
    ) -> tuple[Row, None]:
        try:
            table = _measure(*both, channels, read.spacing, exclude_border)
        except AdganError as error:
            where = f"{entry.path} on {both[1][0].path}: {error}"
            return Row.of_skipped(Skipped(entry.path, entry.name, where)), None
        path = target.path(entry.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(table, path)
        details = {"nuclei": len(table)}
        return Row(entry.name, str(entry.path), "done", entry.stamp, details=details), None

    bad = [Row.of_skipped(one) for one in pairs.maps.skipped]
    for row in bad:
        manifest.add(row)
    for row, _ in work_through(pairs.read, missing, do, manifest, progress):
        bad += [row] * (row.state == "skipped")
    left = {row.name for row in bad}
    done = [manifest.rows[entry.name] for entry in entries if entry.name not in left]
    if not done:
        raise AdganError(bad[0].reason)
    manifest.close([row.name for row in (*done, *bad)])
    target.finish([row.name for row in done])
    found = [
        Measured(r.name, r.details["nuclei"], None if target.whole else target.path(r.name))
        for r in done
    ]
    return [*found, *(Measured(row.name, 0, reason=row.reason) for row in bad)]


def _measure(
    labels: Image,
    images: Sequence[Image],
    channels: Sequence[int],
    spacing: tuple[float, ...] | None,
    exclude_border: bool,
) -> Table:
    # Filled pixels have no intensity: restoring their NaN makes nuclei on them an error.
    pixels = [
        i.pixels if i.outside is None else np.where(i.outside, np.nan, i.pixels) for i in images
    ]
    return measure(
        clear_border(labels.pixels) if exclude_border else labels.pixels,
        pixels if channels else pixels[0],
        spacing or labels.spacing or images[0].spacing,
        channel_names=[str(c) for c in channels] if channels else None,
    )
