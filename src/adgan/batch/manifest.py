"""What was done, a line of JSON an image: whoever was killed goes on from it.

A line is written after all files of its image, so that an image with a line is whole. A process
that was killed may leave half a line at the end, which is passed over.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, get_args

from adgan.batch.part import Part
from adgan.io import Entry, Skipped, atomic
from adgan.io.atomic import cannot_write

FILE = "manifest.jsonl"
FILES = "manifest*.jsonl"

State = Literal["done", "empty", "skipped"]


@dataclass(frozen=True)
class Row:
    """One image.

    Attributes
    ----------
    name, source
        Of what was written for it, and of the file.
    state
        ``done``; ``empty`` for a blank image, which has an empty map; or ``skipped``.
    stamp
        Of the file as it was, see :class:`adgan.io.Entry`.
    reason
        Why it is empty or was skipped.
    details
        Whatever else is known of it.
    """

    name: str
    source: str
    state: State
    stamp: str = ""
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_skipped(cls, one: Skipped) -> Self:
        """Return the row of an image that cannot be used."""
        return cls(one.name, str(one.path), "skipped", reason=one.reason)

    def line(self) -> str:
        """Return the row as one line of JSON."""
        known = {"name": self.name, "source": self.source, "state": self.state}
        more = {"stamp": self.stamp, "reason": self.reason}
        return json.dumps(known | {k: v for k, v in more.items() if v} | self.details) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Self | None:
        """Return the row of a line; None if it is half a line, or another."""
        try:
            fields = json.loads(line)
            name, source, state = (fields.pop(key) for key in ("name", "source", "state"))
            stamp, reason = (fields.pop(key, "") for key in ("stamp", "reason"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        texts = (name, source, state, stamp, reason)
        if not all(isinstance(text, str) for text in texts) or state not in get_args(State):
            return None
        if state != "skipped" and not isinstance(fields.get("nuclei"), int):
            return None
        return cls(name, source, state, stamp, reason, fields)


class Manifest:
    """The rows of a folder of results.

    Parameters
    ----------
    folder
        The results.
    part
        Which part of the work is done here; each writes a file of its own.
    """

    def __init__(self, folder: Path, part: Part | None = None):
        self.folder = folder
        self.part = part
        own = FILE if part is None else f"manifest-{part.number}-of-{part.of}.jsonl"
        self.path = folder / own
        self.rows: dict[str, Row] = {}
        for path in sorted(folder.glob(FILES)):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if row := Row.of_line(line):
                    self.rows[row.name] = row

    def has(self, entry: Entry, result: Path) -> bool:
        """Whether an image was done, its file has not changed, and its result is there."""
        row = self.rows.get(entry.name)
        if row is None or row.state == "skipped" or row.stamp != entry.stamp:
            return False
        return result.exists()

    def add(self, row: Row) -> None:
        """Append a row; several processes may do so at a time.

        Raises
        ------
        AdganError
            If the file cannot be written.
        """
        self.rows[row.name] = row
        try:
            with self.path.open("a+b") as file:
                file.seek(0, 2)
                if file.tell():
                    file.seek(-1, 2)
                    if file.read() != b"\n":  # half a line of a process that was killed
                        file.write(b"\n")
                file.write(row.line().encode())
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def close(self, names: Iterable[str]) -> None:
        """Write the rows once more: each once, in the order of the images.

        Parameters
        ----------
        names
            Of the images of this part, in order. Without parts rows of other images are kept
            after them, those of parts too, whose files are removed.
        """
        order = [name for name in dict.fromkeys(names) if name in self.rows]
        if self.part is None:
            order += sorted(self.rows.keys() - set(order))
        with atomic(self.path) as temporary:
            text = "".join(self.rows[name].line() for name in order)
            temporary.write_text(text, encoding="utf-8")
        if self.part is None:
            for path in [*self.folder.glob(FILES), *self.folder.rglob(".adgan-*")]:
                if path.is_dir():  # a store that a killed process had not finished
                    shutil.rmtree(path)
                elif path != self.path:  # parts, and files of that kind
                    path.unlink(missing_ok=True)
