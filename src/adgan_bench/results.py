"""The folder of a benchmark: one JSON line per result, and label maps beside them.

The key of a result states what was run, not when or where. A benchmark that was stopped or killed
can therefore continue, and a repeated measurement needs a new folder.
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
from adgan.io import claim_output
from adgan.io.atomic import cannot_write
from adgan.metrics.evaluate import Evaluation
from adgan.system.text import component
from adgan_bench.line import read_line

Record = dict[str, Any]
Note = Callable[[str], None]
FILE = "results.jsonl"
OURS = {FILE, "report.html", "images", "truth", "labels", "synthetic", "runs"}
"""Names of all files and folders that a folder of results may hold."""
MASK_DICE = "mask_dice"
"""DICE of the mask that a network predicts, before decoding, as the paper scores it."""
LIBRARIES = ("adgan", "torch", "numpy", "scikit-image")


@dataclass(frozen=True)
class Results:
    """The results in a folder.

    Parameters
    ----------
    folder
        The folder, which is created when the first result is added.
    """

    folder: Path

    @property
    def path(self) -> Path:
        """The file of results."""
        return self.folder / FILE

    def claim(self) -> None:
        """Create and lock the folder.

        Raises
        ------
        AdganError
            If the folder holds other files, is in use, or cannot be written.
        """
        held = self.folder.iterdir() if self.folder.is_dir() else ()
        others = [p.name for p in held if p.name not in OURS and not p.name.startswith(".")]
        if others:
            raise AdganError(
                f"{self.folder} holds {min(others)}, which no benchmark wrote: choose another one"
            )
        claim_output(self.folder, overwrite=True)

    def read(self, note: Note | None = None) -> list[Record]:
        """Return the results so far, in the order in which they were added.

        Damaged lines are skipped, as is an unfinished last line of a killed run.

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
                    note(f"{self.path}, line {number} is damaged and skipped: {error}")
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
        """Remove an unfinished last line of a killed run."""
        size = file.tell()
        if not size:
            return
        held = self.path.read_bytes()
        whole = held.rfind(b"\n") + 1
        if whole < size:
            file.truncate(whole)
            file.seek(whole)

    def of_set(self, name: str, part: str) -> Path:
        """Return the folder for one kind of output of a set; it need not exist."""
        return self.folder / part / component(name)

    def place(self, key: Record, part: str) -> Path:
        """Return the folder for one kind of output of a result; it need not exist."""
        return self.of_set(key["set"], part) / component(f"{key['method']}_{key.get('seed', 0)}")


def read_results(folder: Path, note: Note) -> list[Record]:
    """Read the results in a folder.

    Parameters
    ----------
    folder
        Folder of a benchmark.
    note
        Called with a sentence for each damaged line.

    Raises
    ------
    AdganError
        If there are no results.
    """
    records = Results(folder).read(note)
    if not records:
        raise AdganError(f"{folder} holds no results: make some with `adgan benchmark run`")
    return records


def circumstances(command: Sequence[str]) -> Record:
    """Return command, versions and machine, which may later explain a difference."""
    return {
        "command": " ".join(command),
        "versions": {name: version(name) for name in LIBRARIES}
        | {"python": platform.python_version()},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else [],
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def scores_of(found: Evaluation) -> Record:
    """Return all scores of a set for JSON, with None for NaN."""
    plain = {
        over: {name: None if value != value else round(value, 5) for name, value in table.items()}
        for over, table in (("mean", found.mean), ("pooled", found.pooled))
    }
    return plain | {"counts": found.counts}
