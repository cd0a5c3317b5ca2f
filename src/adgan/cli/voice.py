"""Messages: results go to stdout, notes to stderr, and both to a log file if requested.

Only terminals get colours and bars; rich detects them.
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

from adgan.errors import AdganError
from adgan.system.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

WARNING = "warning: "
LINE_CHARACTERS = 120
"""Width of a line if stdout is not a terminal."""


@dataclass(frozen=True)
class Voice:
    """Which messages a command prints, and its log.

    Attributes
    ----------
    quiet
        If True, print only results, warnings and errors.
    log
        Gets every message with its time, even those that are not printed.
    """

    quiet: bool = False
    log: TextIO | None = None


LINE_START = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ")
LINE_START_BYTES = 21
"""Length of the time at the start of a line, in bytes."""
SETTING = re.compile(r"`([a-z_]+)=([^`]*)`")
"""A setting as an argument of a function, see :class:`adgan.errors.AdganError`."""

_voice: ContextVar[Voice] = ContextVar("voice")
USUAL = Voice()


@contextmanager
def speaking(quiet: bool = False, log: Path | None = None, title: str = "") -> Iterator[None]:
    """Set how messages are printed within a ``with`` statement.

    Parameters
    ----------
    quiet
        As for :class:`Voice`.
    log
        Log file; messages are appended to it.
    title
        First message in the log.

    Raises
    ------
    AdganError
        If the log cannot be written, or is not a log file.
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
    """Open a log to append to: a new file, or one that starts like a log."""
    if path.exists() and not path.is_file():
        raise AdganError(f"the log {path} is not a file: name another")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if not LINE_START.match(file.read(LINE_START_BYTES)):
                raise AdganError(f"{path} exists and is not a log: name another file")
    try:
        return path.open("a", encoding="utf-8", errors="backslashreplace")
    except ValueError as error:  # the name contains a null byte
        raise AdganError(f"{path} is not a valid file name: name another") from error


def is_quiet() -> bool:
    """Return True if progress and notes are hidden."""
    return _voice.get(USUAL).quiet


def note_down(text: str) -> None:
    """Write a line only into the log, if there is one."""
    if (log := _voice.get(USUAL).log) and text:
        try:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {printable(text)}\n")
            log.flush()
        except OSError:
            pass  # a full disk stops the work with a message about its results, not the log


def as_flags(text: str) -> str:
    """Return a message with settings replaced by flags.

    ```scene=N``` becomes ``--scene N``, ```overwrite=True``` becomes ``--overwrite`` and
    ```spacing=(Z, Y, X)``` becomes ``--spacing Z Y X``.
    """
    return SETTING.sub(_flag, text)


def _flag(found: re.Match[str]) -> str:
    name, value = f"--{found[1].replace('_', '-')}", found[2]
    if value == "True":
        return name
    if value.startswith("(") and value.endswith(")"):
        value = value[1:-1].replace(",", "")
    return f"{name} {value}"


def say(text: str, important: bool = False) -> None:
    """Print one line on stderr.

    Parameters
    ----------
    text
        The line.
    important
        If True, print it even with `--quiet`; warnings are always printed.
    """
    text = as_flags(text)
    note_down(text)
    if important or text.startswith(WARNING) or not is_quiet():
        print(printable(text), file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Print a warning on stderr, even with `--quiet`."""
    say(f"{WARNING}{text}")


def tell(text: str) -> None:
    """Print a result on stdout."""
    for line in map(printable, as_flags(text).split("\n")):
        note_down(line)
        print(line)


def tell_json(value: Any) -> None:
    """Print a result on stdout as JSON, for programs; NaN and infinity become null."""
    tell(json.dumps(_finite(value), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    """Replace numbers that JSON cannot represent by None, which becomes null."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show(*tables: "RenderableType", width: int = LINE_CHARACTERS, markup: bool = False) -> None:
    """Print tables on stdout.

    Parameters
    ----------
    *tables
        Tables to print.
    width
        Width of a line in characters, if stdout is not a terminal.
    markup
        If True, brackets in the tables are markup of rich.
    """
    from rich.console import Console

    console = Console(markup=markup)
    if not console.is_terminal:
        console = Console(markup=markup, width=width)
    console.print(*tables)
    if log := _voice.get(USUAL).log:
        Console(file=log, markup=markup, width=width, color_system=None).print(*tables)
