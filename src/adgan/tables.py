"""Tables of nuclei as CSV files."""

from __future__ import annotations

import csv
import os

from adgan.io import atomic
from adgan.measure import Table
from adgan.text import cell


def write_csv(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table with its header, also when it has no rows.

    Parameters
    ----------
    table : Table
        Numbers are written so that reading gives them back exactly; NaN becomes an empty cell,
        and text that a spreadsheet would compute gets an apostrophe in front.
    path : path
        The file to write; it appears whole or not at all.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(map(cell, table.columns))
        for row in table.rows:
            # NaN alone differs from itself.
            writer.writerow("" if value != value else cell(value) for value in row.values())
