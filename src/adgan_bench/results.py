"""The folder of a benchmark: one JSON line a result, and beside it the label maps it came from.

A result is known by its key: what was run, not when or where. So a benchmark that was stopped or
killed goes on where it was, and a new measurement needs a new folder.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adgan.errors import AdganError
from adgan.evaluate import Evaluation
from adgan.io import claim_output
from adgan.io.atomic import cannot_write
from adgan.text import component
from adgan_bench.line import read_line

Record = dict[str, Any]
Note = Callable[[str], None]
FILE = "results.jsonl"
OURS = {FILE, "report.html", "images", "truth", "labels", "synthetic", "runs"}
"""All that a folder of results holds."""
MASK_DICE = "mask_dice"
"""DICE of the mask that a network itself draws, as the paper scores it."""
LIBRARIES = ("adgan", "torch", "numpy", "scikit-image")


@dataclass(frozen=True)
class Results:
    """Results in a folder.

    Parameters
    ----------
    folder
        Made when the first result is added.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """The file of results."""
        return self.folder / FILE

    def claim(self) -> None:
        """Make and lock the folder.

        Raises
        ------
        AdganError
            If it holds what no benchmark wrote, is in use, or cannot be written.
        """
        held = self.folder.iterdir() if self.folder.is_dir() else ()
        others = [p.name for p in held if p.name not in OURS and not p.name.startswith(".")]
        if others:
            raise AdganError(
                f"{self.folder} holds {min(others)}, which is no benchmark's: choose another folder"
            )
        claim_output(self.folder, overwrite=True)

    def read(self, note: Note | None = None) -> list[Record]:
        """Return the results so far, in the order in which they came.

        Damaged lines are passed over, as is a last one that a killed run left unfinished.

        Parameters
        ----------
        note
            Called with a sentence for each damaged line.
        """
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        records = []
        for number, line in enumerate(lines[:-1], start=1):
            try:
                records.append(read_line(line))
            except AdganError as error:
                if note:
                    note(f"{self.path}, line {number} is damaged and passed over: {error}")
        return records

    def add(self, record: Record) -> None:
        """Add one result as one line.

        Raises
        ------
        AdganError
            If the folder cannot be written.
        """
        line = json.dumps(record, allow_nan=False) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.path.open("r+b" if self.path.exists() else "wb") as file:
                file.seek(0, os.SEEK_END)
                self._drop_unfinished(file)
                file.write(line.encode())
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _drop_unfinished(self, file: Any) -> None:
        """Cut off what a killed run wrote of its last line."""
        size = file.tell()
        if not size:
            return
        held = self.path.read_bytes()
        whole = held.rfind(b"\n") + 1
        if whole < size:
            file.truncate(whole)
            file.seek(whole)

    def of_set(self, name: str, part: str) -> Path:
        """Return the folder of one kind of output of a set, not yet made."""
        return self.folder / part / component(name)

    def place(self, key: Record, part: str) -> Path:
        """Return the folder of one kind of output of a result, not yet made."""
        return self.of_set(key["set"], part) / component(f"{key['method']}_{key.get('seed', 0)}")


def read_results(folder: Path, note: Note) -> list[Record]:
    """Read the results of a folder that must hold some.

    Parameters
    ----------
    folder
        Of a benchmark.
    note
        Called with a sentence for each damaged line.

    Raises
    ------
    AdganError
        If there are none.
    """
    records = Results(folder).read(note)
    if not records:
        raise AdganError(f"{folder} holds no results: make some with `adgan benchmark run`")
    return records


def circumstances(command: Sequence[str]) -> Record:
    """Return command, versions and machine: what explains a difference later."""
    return {
        "command": " ".join(command),
        "versions": {name: version(name) for name in LIBRARIES}
        | {"python": platform.python_version()},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else [],
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def scores_of(found: Evaluation) -> Record:
    """Return all scores of a set as JSON holds them, a NaN as None."""
    plain = {
        over: {name: None if value != value else round(value, 5) for name, value in table.items()}
        for over, table in (("mean", found.mean), ("pooled", found.pooled))
    }
    return plain | {"counts": found.counts}
