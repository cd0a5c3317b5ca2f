"""Tables of nuclei as CSV, Parquet and AnnData files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np

from adgan.extras import need
from adgan.io import atomic
from adgan.measure import Table
from adgan.text import cell

TableFormat = Literal["csv", "parquet", "anndata"]
SUFFIXES: dict[TableFormat, str] = {"csv": ".csv", "parquet": ".parquet", "anndata": ".h5ad"}
"""Of the files of each format."""
EXTRA = "tables"
"""What brings the libraries along."""


def write_table(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table in the format that its suffix names; one without rows keeps its header.

    Parameters
    ----------
    table : Table
        A row per nucleus.
    path : path
        The file to write, ``.csv``, ``.parquet`` or ``.h5ad``; it appears whole or not at all.

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
        Saying how to get it.
    """
    if name != "csv":
        need({"parquet": "pyarrow", "anndata": "anndata"}[name], EXTRA, f"a table in {name}")


def write_csv(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table as CSV.

    Parameters
    ----------
    table : Table
        Numbers are written so that reading gives them back exactly; NaN becomes an empty cell,
        and text that a spreadsheet would compute gets an apostrophe in front.
    path : path
        The file to write.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    with csv_file(path) as add:
        add(table)


@contextmanager
def table_file(path: str | os.PathLike[str]) -> Iterator[Callable[[Table], None]]:
    """Write a table part by part in the format that its suffix names, see :func:`write_table`.

    Other formats than CSV are held until the end.

    Yields
    ------
    function
        Adds a table with the columns of the first one.

    Raises
    ------
    AdganError
        As :func:`write_table`.
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
    """Write a table part by part, see :func:`write_csv`.

    Parameters
    ----------
    path : path
        The file to write; it appears whole or not at all.

    Yields
    ------
    function
        Adds a table with the columns of the first one, whose header is written.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns: list[str] = []

        def add(table: Table) -> None:
            if not columns:
                columns.extend(table.columns)
                writer.writerow(map(cell, columns))
            for row in table.rows:
                # NaN alone differs from itself.
                writer.writerow("" if value != value else cell(value) for value in row.values())

        yield add


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet: numbers keep their types, NaN stays NaN."""
    parquet = need("pyarrow.parquet", EXTRA, "a table in .parquet")
    arrow = need("pyarrow", EXTRA, "a table in .parquet")
    with atomic(path) as temporary:
        parquet.write_table(arrow.table(table.columns), temporary)


def write_anndata(table: Table, path: Path) -> None:
    """Write a table as AnnData, as single-cell and spatial tools read it.

    All columns are in ``obs``, whose index is the label, with the image's name in front where
    there is one. ``obsm["spatial"]`` holds the centres as x, y (and z), in micrometres where the
    pixel size is known; ``uns["spatial_unit"]`` says which.
    """
    anndata = need("anndata", EXTRA, "a table in .h5ad")
    pandas = need("pandas", EXTRA, "a table in .h5ad")

    def plain(texts: Iterable[str]) -> Any:
        # AnnData up to 0.12 cannot write the texts that pandas 3 makes unless told otherwise.
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
    """Return the unit of the centres and the centres, ``(N, rank)``, x first."""
    known = [c for c in table.columns if c.startswith("centroid_")]
    micrometres = [c for c in known if c.endswith("_um") and not np.isnan(table[c]).any()]
    pixels = [c for c in known if c.endswith("_px")]
    # Some images of a set may not say their pixel size: then no unit but pixels fits all.
    chosen = micrometres if len(micrometres) == len(pixels) else pixels
    unit = "micrometre" if chosen is micrometres else "pixel"
    return unit, np.stack([table[c].astype(np.float64) for c in reversed(chosen)], axis=1)


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".h5ad": write_anndata,
}


def read_csvs(paths: dict[str, Path]) -> Table:
    """Return tables that :func:`write_csv` wrote as one, each under the last.

    Parameters
    ----------
    paths
        By the name that stands in the column ``image``, the first one.

    Returns
    -------
    Table
        A column that one of them lacks is NaN there.
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
    """Return the table of nuclei of a window as that of the image which the window lies in.

    Parameters
    ----------
    table : Table
        Of :func:`adgan.measure.measure`.
    window : sequence of slice
        Where it lies.
    shape : sequence of int
        Of the image.
    spacing : sequence of float or None
        Micrometres per axis.
    first : int
        Label in the image of what is 1 in the window.
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
