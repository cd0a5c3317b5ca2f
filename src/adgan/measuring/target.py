"""The destination of tables: one file for all images, or a folder with one table per image."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adgan.batch.begin import begin
from adgan.errors import AdganError
from adgan.io import atomic, claim_files
from adgan.measuring.tables import SUFFIXES, TableFormat, check_format, read_csvs, write_table
from adgan.system.text import cell

SETTINGS = "measure.json"
"""File of an output folder with the settings on which its tables depend."""


@dataclass(frozen=True)
class Target:
    """The destination of tables.

    Attributes
    ----------
    output
        A file for one table of all images, or a folder for one table per image.
    table_format
        Format of the tables.
    """

    output: Path
    table_format: TableFormat

    @property
    def whole(self) -> bool:
        """True if there is one table for all images."""
        return self.output.suffix.lower() in SUFFIXES.values()

    @property
    def folder(self) -> Path:
        """The folder of the tables of images; a temporary one for a single table of all images."""
        return self.output.with_name(f".{self.output.stem}.parts") if self.whole else self.output

    def path(self, name: str) -> Path:
        """Return the path of the table of one image; parts of a single table are CSV files."""
        return self.folder / f"{name}{'.csv' if self.whole else SUFFIXES[self.table_format]}"

    def claim(self, inputs: Sequence[Path], overwrite: bool) -> None:
        """Refuse to replace an existing file or an input.

        Raises
        ------
        AdganError
            As :func:`adgan.io.claim_files`; a folder is claimed by :meth:`begin` instead.
        """
        if self.whole:
            claim_files([self.output], overwrite, inputs)

    def begin(self, settings: dict[str, Any], inputs: Sequence[Path], overwrite: bool) -> Path:
        """Start or continue the folder of the tables of images; see :mod:`adgan.batch.begin`.

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
            # Contains parts of a single table that was not finished.
            return begin(self.folder, SETTINGS, settings, True, inputs)

    def finish(self, names: Sequence[str]) -> None:
        """Join the tables of images if there is one table for all."""
        if not self.whole:
            return
        if self.table_format == "csv":
            _join({name: self.path(name) for name in names}, self.output)
        else:
            write_table(read_csvs({name: self.path(name) for name in names}), self.output)
        shutil.rmtree(self.folder)


def target_of(output: Path, table_format: TableFormat) -> Target:
    """Return the destination of tables; the suffix of a single table determines its format.

    Raises
    ------
    AdganError
        If a library required by the format is missing.
    """
    formats = {suffix: name for name, suffix in SUFFIXES.items()}
    table_format = formats.get(output.suffix.lower(), table_format)
    check_format(table_format)
    return Target(output, table_format)


def _join(tables: dict[str, Path], output: Path) -> None:
    """Concatenate tables with the image's name as first column; missing columns are empty."""
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
