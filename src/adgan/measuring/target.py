"""Where tables go: one file for all images, or a folder with one per image."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgan.batch.begin import begin
from adgan.errors import AdganError
from adgan.io import atomic, claim_files
from adgan.tables import SUFFIXES, TableFormat, check_format, read_csvs, write_table
from adgan.text import cell

SETTINGS = "measure.json"
"""File of an output folder that says what its tables depend on."""


@dataclass(frozen=True)
class Target:
    """Where tables go.

    Attributes
    ----------
    output
        A file for one table of all images, or a folder for one table per image.
    table_format
        Of the tables, or of the one.
    """

    output: Path
    table_format: TableFormat

    @property
    def whole(self) -> bool:
        """Whether there is one table for all images."""
        return self.output.suffix.lower() in SUFFIXES.values()

    @property
    def folder(self) -> Path:
        """The folder of the table of each image; of one for all, it lies beside it meanwhile."""
        return self.output.with_name(f".{self.output.stem}.parts") if self.whole else self.output

    def path(self, name: str) -> Path:
        """Return where the table of one image goes; parts of one for all are CSV files."""
        return self.folder / f"{name}{'.csv' if self.whole else SUFFIXES[self.table_format]}"

    def claim(self, inputs: Sequence[Path], overwrite: bool) -> None:
        """Refuse to write over a file that is there, or is read.

        Raises
        ------
        AdganError
            As :func:`adgan.io.claim_files`; a folder is claimed as it is begun.
        """
        if self.whole:
            claim_files([self.output], overwrite, inputs)

    def begin(self, settings: dict[str, Any], inputs: Sequence[Path], overwrite: bool) -> Path:
        """Make the folder of each image's table, or go on with one; see :mod:`adgan.batch.begin`.

        Raises
        ------
        AdganError
            If the folder cannot be written, or was started with other settings.
        """
        try:
            return begin(self.folder, SETTINGS, settings, overwrite, inputs)
        except AdganError:
            if not self.whole:
                raise
            # Parts of a table that was never finished.
            return begin(self.folder, SETTINGS, settings, True, inputs)

    def finish(self, names: Sequence[str]) -> None:
        """Put the tables of some images together, where there is one for all."""
        if not self.whole:
            return
        if self.table_format == "csv":
            _join({name: self.path(name) for name in names}, self.output)
        else:
            write_table(read_csvs({name: self.path(name) for name in names}), self.output)
        shutil.rmtree(self.folder)


def target_of(output: Path, table_format: TableFormat) -> Target:
    """Return where tables go; the suffix of one table decides its format.

    Raises
    ------
    AdganError
        If a library is missing that the format needs.
    """
    formats = {suffix: name for name, suffix in SUFFIXES.items()}
    table_format = formats.get(output.suffix.lower(), table_format)
    check_format(table_format)
    return Target(output, table_format)


def _join(tables: dict[str, Path], output: Path) -> None:
    """Put tables under each other, the image's name in front; a column that one lacks is empty."""
    columns: dict[str, None] = {}
    for path in tables.values():
        with path.open(newline="", encoding="utf-8") as file:
            columns |= dict.fromkeys(next(csv.reader(file)))
    with atomic(output) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["image", *columns], lineterminator="\n")
        writer.writeheader()
        for name, path in tables.items():
            with path.open(newline="", encoding="utf-8") as table:
                writer.writerows({"image": cell(name), **row} for row in csv.DictReader(table))
