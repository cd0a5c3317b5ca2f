"""`adgan measure`: label maps and images in, a row a nucleus out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from adgan.cli.progress import tell
from adgan.cli.ranges import CHANNEL
from adgan.errors import AdganError

if TYPE_CHECKING:
    from adgan.io import Image
    from adgan.measure import Table


def measure(
    labels: str,
    images: str,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    channel: Annotated[list[int] | None, Parameter(consume_multiple=True), CHANNEL] = None,
    frames: bool = False,
    overwrite: bool = False,
) -> None:
    """Measure size, shape, place and intensity of every nucleus.

    Parameters
    ----------
    labels
        A folder, file or glob of label maps.
    images
        The same of the images they were made from; pairs have the same name.
    output
        One table for all, if it ends in .csv, or a folder for one table an image.
    channel
        Channels to measure, counted from 0, where images have several.
    frames
        Read time series as separate images.
    overwrite
        Replace a table, or write into a folder that holds files.
    """
    from adgan.io import claim_files, claim_output, find_images
    from adgan.tables import write_csv

    whole = output.suffix.lower() == ".csv"
    inputs = [*find_images(labels), *find_images(images)]
    if whole:
        claim_files([output], overwrite, inputs)
    tables = _tables(labels, images, channel, frames)
    count = sum(map(len, tables.values()))
    if whole:
        write_csv(_joined(tables), output)
    else:
        claim_output(output, overwrite, inputs)
        for name, table in tables.items():
            write_csv(table, output / f"{name}.csv")
    tell(f"{count} nuclei of {len(tables)} images are in {output}")


def _tables(
    labels: str, images: str, channels: Sequence[int] | None, frames: bool
) -> "dict[str, Table]":
    """Measure every pair, all of them before anything is written."""
    import adgan
    from adgan.io import find_images, load_images, read_labels

    maps = [read_labels(path) for path in find_images(labels)]
    wanted: list[int | None] = [*channels] if channels else [None]
    found = [_pair(maps, load_images(images, channel, frames)) for channel in wanted]
    tables = {}
    for number, label_map in enumerate(maps):
        seen = [pairs[number] for pairs in found]
        pixels = [image.pixels for image in seen]
        try:
            tables[label_map.name] = adgan.measure(
                label_map.pixels,
                pixels if channels else pixels[0],
                label_map.spacing or seen[0].spacing,
                channel_names=[str(c) for c in channels] if channels else None,
            )
        except AdganError as error:
            raise AdganError(f"{label_map.path} on {seen[0].path}: {error}") from error
    return tables


def _pair(maps: "Sequence[Image]", images: "Sequence[Image]") -> "list[Image]":
    """Return the image of each map: of its name, or the only one for the only one."""
    if len(maps) == len(images) == 1:
        return list(images)
    by_name = {image.name: image for image in images}
    missing = [str(m.path) for m in maps if m.name not in by_name]
    if missing:
        raise AdganError(
            f"{len(missing)} of {len(maps)} label maps have no image of the same name "
            f"(the first is {missing[0]}; images are called {images[0].name} and so on): "
            "name the folder that they were made from"
        )
    return [by_name[m.name] for m in maps]


def _joined(tables: "dict[str, Table]") -> "Table":
    """Put tables under each other, the image's name in front; a column that one lacks is empty."""
    import numpy as np

    from adgan.measure import Table

    names = list(dict.fromkeys(name for table in tables.values() for name in table.columns))
    columns = {"image": np.repeat(list(tables), [len(table) for table in tables.values()])}
    for name in names:
        parts = [t.columns.get(name, np.full(len(t), np.nan)) for t in tables.values()]
        columns[name] = np.concatenate(parts)
    return Table(columns)
