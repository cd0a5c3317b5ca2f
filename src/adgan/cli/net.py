"""The last net under the command line: every failure becomes one line and an exit code."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cyclopts import CycloptsError

from adgan.cli.progress import say
from adgan.errors import AdganError

SHORT = ("out of memory", "llocate memory")
LONGEST = 600
"""Characters of a message: what a file holds may be repeated in it."""


def caught(command: Callable[[], int | None], debug: bool = False) -> int:
    """Run a command and tell its failure in one line on stderr.

    Errors of the system are told as well as those of the user: a disk that is full, memory that is
    short, a text that cannot be encoded. Defects of the program are not caught.

    Parameters
    ----------
    command
        What to run; it gives the exit code where that is not 0.
    debug
        Whether the traceback is printed before that line.

    Returns
    -------
    int
        That of the command: 0, or 3 where images were skipped; 2 for a mistake of the user or a
        failure of the system; 130 after Ctrl-C or SIGTERM; 1 when whoever reads the output went
        away.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names of files may hold bytes that are no text.
            stream.reconfigure(errors="backslashreplace")
    failure: BaseException
    try:
        with _terminated_as_interrupted():
            code = command() or 0
            if sys.stdout:
                sys.stdout.flush()
        return code
    except BrokenPipeError:
        _drop_stdout()
        return 1
    except KeyboardInterrupt as error:
        failure, code, message = error, 130, str(error) or "interrupted"
    except (AdganError, CycloptsError) as error:
        failure, code, message = error, 2, str(error)
    except (OSError, MemoryError, RecursionError, UnicodeError, RuntimeError) as error:
        if (told := _of_the_system(error)) is None:
            raise
        failure, code, message = error, 2, told
    if debug:
        traceback.print_exception(failure)
    _drop_stdout()
    say(f"adgan: {' '.join(message.split())[:LONGEST]}", important=True)
    return code


def _of_the_system(error: Exception) -> str | None:
    """Say what the system refused; None where the program itself is at fault."""
    # torch has errors of its own, RuntimeError or derived from it.
    if isinstance(error, MemoryError) or any(words in str(error) for words in SHORT):
        return "memory is short: close other programs, or cut large images into parts"
    if isinstance(error, RecursionError):
        return "a file is nested too deeply to be read: mend or remove it"
    if isinstance(error, UnicodeError):
        return f"a name or a text cannot be encoded ({error}): rename it"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}: check names, rights and space"
    return None


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Turn SIGTERM, which batch systems send before they kill, into Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt("terminated")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _drop_stdout() -> None:
    """Throw away what stdout cannot take: it must not raise again when the interpreter ends."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
