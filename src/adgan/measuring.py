"""Measuring of files: from label maps and images to one table per image or one for all."""

import csv
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from skimage.segmentation import clear_border

from adgan.batch.begin import begin
from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row
from adgan.claims import claims
from adgan.errors import AdganError
from adgan.io import (
    Collection,
    Entry,
    Image,
    ReadOptions,
    Scene,
    Skipped,
    atomic,
    check_names,
    claim_files,
    open_images,
)
from adgan.io.describe_files import describe_files
from adgan.io.find import Names
from adgan.measure import Table, measure
from adgan.tables import (
    SUFFIXES,
    TableFormat,
    check_format,
    read_csvs,
    write_table,
)
from adgan.text import cell

SETTINGS = "measure.json"
"""File of an output folder that says what its tables depend on."""


@dataclass(frozen=True)
class Measured:
    """One image's result.

    Attributes
    ----------
    name, count
        Of the image, and the number of its nuclei.
    path
        Its table, None where there is one for all or it was skipped.
    reason
        Why it was skipped; of others nothing.
    """

    name: str
    count: int
    path: Path | None = None
    reason: str = ""

    @property
    def skipped(self) -> bool:
        """Whether the image could not be measured."""
        return bool(self.reason)


@claims()
def measure_files(
    labels: Names,
    images: Names,
    output: str | os.PathLike[str],
    *,
    channels: Sequence[int] = (),
    frames: bool = False,
    stack: bool = False,
    spacing: tuple[float, ...] | None = None,
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
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
    frames, stack, axes, scene, include, exclude
        How images are read, as for :class:`adgan.io.ReadOptions`.
    spacing
        Pixel size in micrometres, ``(Z) Y X``, instead of the one in label maps or images.
    table_format
        Format of the tables in a folder: ``csv``, ``parquet`` or ``anndata``.
    exclude_border
        Whether to leave out nuclei that touch the image border (first and last slice too).
    strict
        Whether to raise an error if any map or image cannot be used; otherwise it is skipped.
    overwrite
        Whether to replace a table, or to start over in a folder that already holds files.
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
        If a label map has no image of its name, none can be used, or the output cannot be
        written or was begun with other settings.
    """
    output = Path(output)
    whole = output.suffix.lower() in SUFFIXES.values()
    if whole:
        table_format = next(k for k, s in SUFFIXES.items() if s == output.suffix.lower())
    check_format(table_format)
    # Numbers of the one table are gathered as CSV, of which each image adds its part.
    suffix = ".csv" if whole else SUFFIXES[table_format]
    maps = describe_files(labels, labels=True).require(strict)
    check_names(maps.entries)
    options = ReadOptions(
        frames=frames, spacing=spacing, stack=stack,
        axes=axes, scene=scene, include=include, exclude=exclude,
    )  # fmt: skip
    wanted: list[int | None] = [*channels] or [None]
    seen = [open_images(images, replace(options, channel=channel)) for channel in wanted]
    inputs = [path for of in (maps, *seen) for path in of.paths]
    if whole:
        claim_files([output], overwrite, inputs)
    paired, unpaired = _pair(maps, seen)
    maps = maps.without(unpaired).require(strict)

    def read(entry: Entry) -> tuple[Image, list[Image]]:
        pairs = zip(seen, paired[entry.name], strict=True)
        return maps.read(entry), [of.read(image) for of, image in pairs]

    maps = maps.proven(read, every=strict).require(strict)
    # One table for all is put together from those of each image, which lie beside it meanwhile.
    target = output.with_name(f".{output.stem}.parts") if whole else output
    settings = {
        "channels": list(channels), "frames": frames, "stack": stack, "spacing": spacing,
        "axes": axes, "scene": scene, "table_format": table_format,
        "exclude_border": exclude_border,
    }  # fmt: skip
    try:
        folder = begin(target, SETTINGS, settings, overwrite, inputs)
    except AdganError:
        if not whole:
            raise
        folder = begin(target, SETTINGS, settings, True, inputs)  # of a table never finished
    manifest = Manifest(folder)
    entries = [
        replace(e, stamp=" ".join([e.stamp, *(i.stamp for i in paired[e.name])]))
        for e in maps.entries
    ]
    missing = [
        entry for entry in entries if not manifest.has(entry, folder / f"{entry.name}{suffix}")
    ]
    if note and len(missing) < len(entries):
        note(f"{len(entries) - len(missing)} of {len(entries)} images were measured before")

    def do(
        entry: Entry, both: tuple[Image, list[Image]], shown: Callable[[float], None]
    ) -> tuple[Row, None]:
        try:
            table = _measure(*both, channels, spacing, exclude_border)
        except AdganError as error:
            where = f"{entry.path} on {both[1][0].path}: {error}"
            return Row.of_skipped(Skipped(entry.path, entry.name, where)), None
        path = folder / f"{entry.name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(table, path)
        details = {"nuclei": len(table)}
        return Row(entry.name, str(entry.path), "done", entry.stamp, details=details), None

    bad = [Row.of_skipped(one) for one in maps.skipped]
    for row in bad:
        manifest.add(row)
    for row, _ in work_through(read, missing, do, manifest, progress):
        bad += [row] * (row.state == "skipped")
    left = {row.name for row in bad}
    done = [manifest.rows[e.name] for e in entries if e.name not in left]
    if not done:
        raise AdganError(bad[0].reason)
    manifest.close([row.name for row in (*done, *bad)])
    found = [
        Measured(r.name, r.details["nuclei"], None if whole else folder / f"{r.name}{suffix}")
        for r in done
    ]
    if whole:
        names = [one.name for one in found]
        if table_format == "csv":
            _join(folder, names, output)
        else:
            write_table(read_csvs({name: folder / f"{name}.csv" for name in names}), output)
        shutil.rmtree(folder)
    return [*found, *(Measured(row.name, 0, reason=row.reason) for row in bad)]


def _pair(
    maps: Collection, seen: Sequence[Collection]
) -> tuple[dict[str, list[Entry]], list[Skipped]]:
    """Return the images of each map by its name, one a channel, and the maps that have none.

    A map belongs to the image of its name, or the only one to the only one.
    """
    single = len(maps) == 1 and all(len(s) == 1 and not s.skipped for s in seen)
    paired: dict[str, list[Entry]] = {}
    unpaired, missing = [], []
    by_name = [{entry.name: entry for entry in s.entries} for s in seen]
    reasons = {one.name: one.reason for s in seen for one in s.skipped}
    for entry in maps.entries:
        images = [
            s.entries[0] if single else b.get(entry.name)
            for s, b in zip(seen, by_name, strict=True)
        ]
        held = [image for image in images if image is not None]
        if len(held) < len(images):
            if entry.name in reasons:
                unpaired.append(Skipped(entry.path, entry.name, reasons[entry.name]))
            else:
                missing.append(entry)
        elif held[0].shape != entry.shape:
            reason = (
                f"{entry.path} has the shape {entry.shape} and its image {held[0].path} "
                f"{held[0].shape}: pair each map with the image that it was made from"
            )
            unpaired.append(Skipped(entry.path, entry.name, reason))
        else:
            paired[entry.name] = held
    if missing:
        first = next((e.name for s in seen for e in s.entries), "none of them can be read")
        raise AdganError(
            f"{len(missing)} of {len(maps)} label maps have no image of the same name "
            f"(the first is {missing[0].path}; images are called {first} and so on): "
            "name the folder that they were made from"
        )
    return paired, unpaired


def _measure(
    labels: Image,
    images: Sequence[Image],
    channels: Sequence[int],
    spacing: tuple[float, ...] | None,
    exclude_border: bool,
) -> Table:
    # What was filled in is no light: a nucleus that lies on it is told of.
    pixels = [
        i.pixels if i.outside is None else np.where(i.outside, np.nan, i.pixels) for i in images
    ]
    return measure(
        clear_border(labels.pixels) if exclude_border else labels.pixels,
        pixels if channels else pixels[0],
        spacing or labels.spacing or images[0].spacing,
        channel_names=[str(c) for c in channels] if channels else None,
    )


def _join(folder: Path, names: Sequence[str], output: Path) -> None:
    """Put tables under each other, the image's name in front; a column that one lacks is empty."""
    columns: dict[str, None] = {}
    for name in names:
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            columns |= dict.fromkeys(next(csv.reader(file)))
    with atomic(output) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["image", *columns], lineterminator="\n")
        writer.writeheader()
        for name in names:
            with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as table:
                writer.writerows({"image": cell(name), **row} for row in csv.DictReader(table))
