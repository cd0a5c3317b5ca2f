"""Disks that are full, reads that fail and processes that die, at any moment of a program.

Python tells its audit hooks of every file that is opened, renamed, removed or made. A hook that
raises has the operation fail before it is done, whoever asked for it.
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
    """In the place of a signal that cannot be caught; nothing may be done to files after it."""


@dataclass
class Fault:
    """What goes wrong, and when.

    Attributes
    ----------
    kind
        ``full``: what is written fails for want of space; ``unreadable``: what is read fails;
        ``killed``: the process dies, and nothing of what it would still do to files is done.
    folder
        Where it happens; files elsewhere are left alone.
    moment
        At which of the operations of that kind, counted from 0.
    lasting
        Whether all later ones fail too, as they do on a full disk.
    seen
        The operations so far, each by its name and path.
    """

    kind: Kind
    folder: Path
    moment: int = NEVER
    lasting: bool = True
    seen: list[str] = field(default_factory=list)

    def consider(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count an operation of the program, and have it fail where its turn has come."""
        path = arguments[0] if arguments else None
        if not isinstance(path, str | bytes | os.PathLike):
            return
        writes = event in CHANGES or event == "open" and _writes(arguments)
        if event != "open" and event not in CHANGES or writes == (self.kind == "unreadable"):
            return
        # Removing needs no space.
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
    """Whether a file is opened to be written: by its flags, which always come with it."""
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


_at_work: list[Fault] = []
_hooked: list[bool] = []


@contextmanager
def fault(kind: Kind, folder: Path, moment: int = NEVER, lasting: bool = True) -> Iterator[Fault]:
    """Have something go wrong within a ``with`` statement.

    Parameters
    ----------
    kind, folder, moment, lasting
        As for :class:`Fault`; without a moment operations are counted only.

    Yields
    ------
    Fault
        Says afterwards which operations there were.
    """
    if not _hooked:
        sys.addaudithook(_hook)  # which cannot be taken away again
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
