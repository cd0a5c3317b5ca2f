"""The tables of a run, a row per step or check: its curve and its checks."""

import csv
from collections.abc import Sequence
from pathlib import Path

from adgan.errors import AdganError
from adgan.io import atomic

COUNTED = ("step", "try")
"""Columns of whole numbers."""


def write_rows(table: Path, rows: Sequence[dict[str, float]]) -> None:
    """Write a table of numbers as CSV; nothing when it has no rows."""
    if not rows:
        return
    # Rows of an earlier version may have other columns than those of this one.
    columns = dict.fromkeys(name for row in rows for name in row)
    with atomic(table) as path, open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path, needed: Sequence[str] = ("step",)) -> list[dict[str, float]]:
    """Read a table that :func:`write_rows` wrote; empty when there is none yet.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that it must have.

    Raises
    ------
    AdganError
        If the file is damaged.
    """
    if not path.is_file():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            heads = reader.fieldnames or needed  # while the file is open: they are read when asked
            rows = [{k: _number(k, v) for k, v in row.items()} for row in reader]
    except (OSError, ValueError, TypeError, OverflowError, csv.Error) as error:
        raise AdganError(f"{path} is damaged: remove it, or train again") from error
    if missing := set(needed).difference(heads):
        raise AdganError(
            f"{path} is damaged (it has no column {min(missing)}): remove it, or train again"
        )
    return rows


def _number(name: str, cell: str) -> float:
    """Return a cell's number, NaN where it is empty; what is counted is whole."""
    return int(float(cell)) if name in COUNTED else float("nan" if cell == "" else cell)
