"""Tables of nuclei as CSV, Parquet and AnnData files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np

from adgan.io import atomic
from adgan.measuring.measure import Table
from adgan.system.extras import need
from adgan.system.text import cell

TableFormat = Literal["csv", "parquet", "anndata"]
SUFFIXES: dict[TableFormat, str] = {"csv": ".csv", "parquet": ".parquet", "anndata": ".h5ad"}
"""File suffix of each format."""
EXTRA = "tables"
"""Extra of this package that installs the libraries."""


def write_table(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table in the format given by the suffix; a table without rows keeps its header.

    Parameters
    ----------
    table : Table
        One row per nucleus.
    path : path
        The file to write atomically, ``.csv``, ``.parquet`` or ``.h5ad``.

    Raises
    ------
    AdganError
        If the file cannot be written, or a library for it is not installed.
    """
    path = Path(path)
    WRITERS[path.suffix.lower()](table, path)


def check_format(name: TableFormat) -> None:
    """Refuse a format whose library is not installed, before anything is measured.

    Raises
    ------
    AdganError
        If the library is missing; the message says how to install it.
    """
    if name != "csv":
        need({"parquet": "pyarrow", "anndata": "anndata"}[name], EXTRA, f"a table in {name}")


def write_csv(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table as CSV.

    Parameters
    ----------
    table : Table
        Numbers are written with full precision; NaN becomes an empty cell, and text that a
        spreadsheet would evaluate gets an apostrophe in front.
    path : path
        The file to write atomically.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    with csv_file(path) as add:
        add(table)


@contextmanager
def table_file(path: str | os.PathLike[str]) -> Iterator[Callable[[Table], None]]:
    """Write a table part by part in the format given by the suffix, see :func:`write_table`.

    For formats other than CSV, all parts stay in memory until the end.

    Yields
    ------
    function
        Adds a table with the columns of the first one.
    """
    if Path(path).suffix.lower() == ".csv":
        with csv_file(path) as write:
            yield write
        return
    parts: list[Table] = []
    yield parts.append
    columns = {c: np.concatenate([part[c] for part in parts]) for c in parts[0].columns}
    write_table(Table(columns), path)


@contextmanager
def csv_file(path: str | os.PathLike[str]) -> Iterator[Callable[[Table], None]]:
    """Write a table part by part, see :func:`write_csv`; the first part determines the header."""
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns: list[str] = []

        def add(table: Table) -> None:
            if not columns:
                columns.extend(table.columns)
                writer.writerow(map(cell, columns))
            for row in table.rows:
                # Only NaN differs from itself.
                writer.writerow("" if value != value else cell(value) for value in row.values())

        yield add


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet: numbers keep their types, NaN stays NaN."""
    parquet = need("pyarrow.parquet", EXTRA, "a table in .parquet")
    arrow = need("pyarrow", EXTRA, "a table in .parquet")
    with atomic(path) as temporary:
        parquet.write_table(arrow.table(table.columns), temporary)


def write_anndata(table: Table, path: Path) -> None:
    """Write a table as AnnData, for single-cell and spatial analysis tools.

    All columns are in ``obs``, whose index is the label, with the image's name in front if there
    is one. ``obsm["spatial"]`` contains the centres as x, y (and z), in micrometres if the pixel
    size is known; ``uns["spatial_unit"]`` states the unit.
    """
    anndata = need("anndata", EXTRA, "a table in .h5ad")
    pandas = need("pandas", EXTRA, "a table in .h5ad")

    def plain(texts: Iterable[str]) -> Any:
        # AnnData up to 0.12 cannot write the default text type of pandas 3.
        return pandas.Index(list(texts), dtype=object)

    columns = dict(table.columns)
    index = list(map(str, columns["label"].tolist()))
    if "image" in columns:
        images = columns["image"].tolist()
        index = [f"{image}:{label}" for image, label in zip(images, index, strict=True)]
        kinds = pandas.CategoricalDtype(plain(dict.fromkeys(images)))
        columns["image"] = pandas.Categorical(images, dtype=kinds)
    unit, spatial = _spatial(table)
    made = anndata.AnnData(
        obs=pandas.DataFrame(columns, index=plain(index)),
        var=pandas.DataFrame(index=plain([])),
        obsm={"spatial": spatial},
        uns={"spatial_unit": unit},
    )
    with atomic(path) as temporary:
        made.write_h5ad(temporary)


def _spatial(table: Table) -> tuple[str, np.ndarray]:
    """Return the unit of the centres and the centres, ``(N, ndim)``, x first."""
    known = [c for c in table.columns if c.startswith("centroid_")]
    micrometres = [c for c in known if c.endswith("_um") and not np.isnan(table[c]).any()]
    pixels = [c for c in known if c.endswith("_px")]
    # If some images of a set do not state their pixel size, only pixels are a common unit.
    chosen = micrometres if len(micrometres) == len(pixels) else pixels
    unit = "micrometre" if chosen is micrometres else "pixel"
    return unit, np.stack([table[c].astype(np.float64) for c in reversed(chosen)], axis=1)


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".h5ad": write_anndata,
}


def read_csvs(paths: dict[str, Path]) -> Table:
    """Read tables written by :func:`write_csv` and concatenate them.

    Parameters
    ----------
    paths
        Files by the name to write into the first column, ``image``.

    Returns
    -------
    Table
        Columns that a file lacks are NaN for its rows.
    """
    columns: dict[str, list[Any]] = {"image": []}
    for name, path in paths.items():
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        for column in reader.fieldnames or ():
            columns.setdefault(column, [np.nan] * len(columns["image"]))
        for column, values in columns.items():
            if column != "image":
                values += [_number(row.get(column)) for row in rows]
        columns["image"] += [name] * len(rows)
    names = np.array(columns.pop("image"), dtype=object)
    return Table({"image": names} | {column: np.array(v) for column, v in columns.items()})


def _number(text: str | None) -> int | float:
    if not text:
        return float("nan")
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def placed(
    table: Table,
    window: Sequence[slice],
    shape: Sequence[int],
    spacing: Sequence[float] | None,
    first: int,
) -> Table:
    """Convert a table of nuclei from the coordinates of a window to those of the image.

    Parameters
    ----------
    table : Table
        Result of :func:`adgan.measuring.measure.measure` for the window.
    window : sequence of slice
        Position of the window in the image.
    shape : sequence of int
        Shape of the image.
    spacing : sequence of float or None
        Micrometres per axis.
    first : int
        Label in the image of label 1 in the window.
    """
    columns = dict(table.columns)
    columns["label"] = columns["label"] + (first - 1)
    border = np.zeros(len(table), bool)
    axes = "zyx"[-len(shape) :]
    for axis, place, length, side in zip(axes, window, shape, spacing or [1.0] * 3, strict=False):
        for name, shift in (
            (f"centroid_{axis}_px", place.start),
            (f"centroid_{axis}_um", place.start * side),
            (f"bbox_{axis}_start", place.start),
            (f"bbox_{axis}_stop", place.start),
        ):
            if name in columns:
                columns[name] = columns[name] + shift
        border |= (columns[f"bbox_{axis}_start"] == 0) | (columns[f"bbox_{axis}_stop"] == length)
    columns["touches_border"] = border.astype(np.int64)
    return Table(columns)
