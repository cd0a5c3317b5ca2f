"""Simulate a full disk, a failed read or a killed process at any moment of a program.

Python calls its audit hooks before it opens, renames, removes or creates a file. If a hook raises,
the operation fails, even inside a library.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["full", "unreadable", "killed"]
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink")
NEVER = 10**9


class Killed(BaseException):
    """Stands for a signal that cannot be caught; no file operation succeeds after it."""


@dataclass
class Fault:
    """A simulated failure.

    Attributes
    ----------
    kind
        ``full``: writing fails because the disk is full; ``unreadable``: reading fails;
        ``killed``: the process dies, and no later file operation is performed.
    folder
        Folder in which operations fail; other files are not affected.
    moment
        Index of the failing operation of that kind, counted from 0.
    lasting
        If True, all later operations fail too, as on a full disk.
    seen
        The operations so far, by name and path.
    """

    kind: Kind
    folder: Path
    moment: int = NEVER
    lasting: bool = True
    seen: list[str] = field(default_factory=list)

    def consider(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count an operation of the program, and raise an error if it is the one to fail."""
        path = arguments[0] if arguments else None
        if not isinstance(path, str | bytes | os.PathLike):
            return
        writes = event in CHANGES or event == "open" and _writes(arguments)
        if event != "open" and event not in CHANGES or writes == (self.kind == "unreadable"):
            return
        # Removing a file needs no space.
        if self.kind == "full" and event in ("os.remove", "os.rmdir"):
            return
        if not Path(os.path.abspath(os.fsdecode(path))).is_relative_to(self.folder):
            return
        self.seen.append(f"{event} {os.fsdecode(path)}")
        number = len(self.seen) - 1
        if number == self.moment or self.lasting and number > self.moment:
            if self.kind == "killed":
                raise Killed
            code = errno.ENOSPC if self.kind == "full" else errno.EIO
            raise OSError(code, os.strerror(code), os.fsdecode(path))


def _writes(arguments: tuple[object, ...]) -> bool:
    """Return True if the flags of an open file allow writing."""
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


_at_work: list[Fault] = []
_hooked: list[bool] = []


@contextmanager
def fault(kind: Kind, folder: Path, moment: int = NEVER, lasting: bool = True) -> Iterator[Fault]:
    """Simulate a failure within a ``with`` statement.

    Parameters
    ----------
    kind, folder, moment, lasting
        As for :class:`Fault`; without a moment, operations are only counted.

    Yields
    ------
    Fault
        Lists the operations afterwards.
    """
    if not _hooked:
        sys.addaudithook(_hook)  # a hook cannot be removed
        _hooked.append(True)
    one = Fault(kind, Path(os.path.abspath(folder)), moment, lasting)
    _at_work.append(one)
    try:
        yield one
    finally:
        _at_work.remove(one)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _at_work and (event == "open" or event in CHANGES):
        for one in tuple(_at_work):
            one.consider(event, arguments)
