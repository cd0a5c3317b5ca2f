"""What is said: results on stdout, notes on stderr, and all of it in a log where one is asked for.

Colours and bars are for terminals alone; rich sees by itself what it writes to.
"""

import json
import math
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from adgan.cli.flags import as_flags
from adgan.errors import AdganError
from adgan.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

WARNING = "warning: "
WIDTH = 120
"""Characters of a line where stdout is no terminal."""


@dataclass(frozen=True)
class Voice:
    """How a command speaks.

    Attributes
    ----------
    quiet
        Whether only results, warnings and failures are said.
    log
        Takes every line that is said or would be, with the time.
    """

    quiet: bool = False
    log: TextIO | None = None


BEGINS = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ")
STAMPED = 21
"""Bytes of a line's time."""

_voice: ContextVar[Voice] = ContextVar("voice")
USUAL = Voice()


@contextmanager
def speaking(quiet: bool = False, log: Path | None = None, title: str = "") -> Iterator[None]:
    """Speak so within, as a ``with`` statement.

    Parameters
    ----------
    quiet
        As for :class:`Voice`.
    log
        A file that lines are added to; what it holds stays.
    title
        What the log says first.

    Raises
    ------
    AdganError
        If the log cannot be written, or is a file of another kind.
    """
    try:
        file = _opened(log) if log else None
    except OSError as error:
        raise AdganError(
            f"cannot write the log {log} ({error.strerror or error}): name another file"
        ) from error
    token = _voice.set(Voice(quiet, file))
    try:
        note_down(title)
        yield
    finally:
        _voice.reset(token)
        if file:
            file.close()


def _opened(path: Path) -> TextIO:
    """Open a log to be added to: a new file, or one that began as this one would."""
    if path.exists() and not path.is_file():
        raise AdganError(f"the log {path} is no file: name another")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if not BEGINS.match(file.read(STAMPED)):
                raise AdganError(f"{path} exists and is no log: name another file")
    try:
        return path.open("a", encoding="utf-8", errors="backslashreplace")
    except ValueError as error:  # a name that holds a null byte
        raise AdganError(f"{path} is no name of a file: name another") from error


def is_quiet() -> bool:
    """Return whether progress and notes are left out."""
    return _voice.get(USUAL).quiet


def note_down(text: str) -> None:
    """Write a line into the log alone, if there is one."""
    if (log := _voice.get(USUAL).log) and text:
        try:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {printable(text)}\n")
            log.flush()
        except OSError:
            pass  # a full disk ends the work with its own message, not with the log's


def say(text: str, important: bool = False) -> None:
    """Print one line on stderr.

    Parameters
    ----------
    text
        The line.
    important
        Whether it is said to the quiet too, as warnings are in any case.
    """
    text = as_flags(text)
    note_down(text)
    if important or text.startswith(WARNING) or not is_quiet():
        print(printable(text), file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Print a warning on stderr, to the quiet too."""
    say(f"{WARNING}{text}")


def tell(text: str) -> None:
    """Print a result on stdout."""
    for line in map(printable, as_flags(text).split("\n")):
        note_down(line)
        print(line)


def tell_json(value: Any) -> None:
    """Print a result on stdout for programs: JSON, in which a number that is none is null."""
    tell(json.dumps(_finite(value), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    """Put None, JSON's null, in the place of numbers that JSON cannot write."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show(*tables: "RenderableType", width: int = WIDTH, markup: bool = False) -> None:
    """Print tables on stdout.

    Parameters
    ----------
    *tables
        To be printed.
    width
        Characters of a line where stdout is no terminal.
    markup
        Whether brackets in the tables are markup of rich.
    """
    from rich.console import Console

    console = Console(markup=markup)
    if not console.is_terminal:
        console = Console(markup=markup, width=width)
    console.print(*tables)
    if log := _voice.get(USUAL).log:
        Console(file=log, markup=markup, width=width, color_system=None).print(*tables)
