"""The manifest: one line of JSON per finished image, from which a killed process continues.

A line is written after all files of its image, so an image with a line is complete. A killed
process may leave an incomplete last line, which is ignored.
"""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args

from adgan.errors import AdganError
from adgan.io import Entry, Skipped, atomic
from adgan.io.atomic import append_line

FILE = "manifest.jsonl"
FILES = "manifest*.jsonl"

State = Literal["done", "empty", "skipped"]
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """The record of one image.

    Attributes
    ----------
    name, source
        The stem of its results, and its file.
    state
        ``done``; ``empty`` for a blank image, whose label map is empty; or ``skipped``.
    stamp
        Identifies the version of the file, see :class:`adgan.io.Entry`.
    reason
        Why the label map is empty or the image was skipped.
    details
        Further results, such as the number of nuclei.
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
        return json.dumps(known | {k: v for k, v in more.items() if v} | self.details)

    @classmethod
    def of_line(cls, line: str) -> Self | None:
        """Return the row of a line; None if the line is incomplete or not a row."""
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


@dataclass(frozen=True)
class Part:
    """The number of this part, counted from 1, and the number of parts."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse ``I/N``.

        Raises
        ------
        AdganError
            If it is not a valid part.
        """
        number, slash, of = text.partition("/")
        if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        raise AdganError(f"`part={text}` is not a valid part: give I/N, such as 1/8 to 8/8")

    def take(self, items: Sequence[T]) -> Sequence[T]:
        """Return the items of this part; neighbours, such as frames of a file, stay together."""
        start, stop = (n * len(items) // self.of for n in (self.number - 1, self.number))
        return items[start:stop]


class Manifest:
    """The rows of a results folder.

    Parameters
    ----------
    folder
        Results folder.
    part
        The part of the work that this process does; each part writes a separate file.
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
        """Return True if an image was processed, is unchanged, and its result exists."""
        row = self.rows.get(entry.name)
        if row is None or row.state == "skipped" or row.stamp != entry.stamp:
            return False
        return result.exists()

    def add(self, row: Row) -> None:
        """Append a row; several processes may do so at the same time.

        Raises
        ------
        AdganError
            If the file cannot be written.
        """
        self.rows[row.name] = row
        append_line(self.path, row.line())

    def close(self, names: Iterable[str]) -> None:
        """Rewrite the manifest: one row per image, in the order of the images.

        Parameters
        ----------
        names
            Names of the images of this part, in order. If there are no parts, the rows of other
            images follow, including those of earlier parts, whose files are removed.
        """
        order = [name for name in dict.fromkeys(names) if name in self.rows]
        if self.part is None:
            order += sorted(self.rows.keys() - set(order))
        with atomic(self.path) as temporary:
            text = "".join(self.rows[name].line() + "\n" for name in order)
            temporary.write_text(text, encoding="utf-8")
        if self.part is None:
            for path in [*self.folder.glob(FILES), *self.folder.rglob(".adgan-*")]:
                if path.is_dir():  # an incomplete store of a killed process
                    shutil.rmtree(path)
                elif path != self.path:  # manifests of parts, and temporary files
                    path.unlink(missing_ok=True)
