"""The tables of a run with one row per step or check: its curve and its checks."""

import csv
from collections.abc import Sequence
from pathlib import Path

from adgan.errors import AdganError
from adgan.io import atomic

INTEGER_COLUMNS = ("step", "restart")
"""Columns of whole numbers."""


def write_rows(table: Path, rows: Sequence[dict[str, float]]) -> None:
    """Write a table of numbers as CSV; do nothing if it has no rows."""
    if not rows:
        return
    # Rows written by an earlier version may have other columns.
    columns = dict.fromkeys(name for row in rows for name in row)
    with atomic(table) as path, open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, float]]:
    """Read a table written by :func:`write_rows`; empty if the file does not exist.

    Parameters
    ----------
    path
        The file.

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
            heads = reader.fieldnames or ["step"]  # reads from the file, which must be open
            rows = [{k: _number(k, v) for k, v in row.items()} for row in reader]
    except (OSError, ValueError, TypeError, OverflowError, csv.Error) as error:
        raise AdganError(f"{path} is damaged: remove it, or train again") from error
    if "step" not in heads:
        raise AdganError(f"{path} is damaged (it has no column step): remove it, or train again")
    return rows


def _number(name: str, cell: str) -> float:
    """Return the number in a cell, NaN if it is empty; counts are integers."""
    return int(float(cell)) if name in INTEGER_COLUMNS else float("nan" if cell == "" else cell)
