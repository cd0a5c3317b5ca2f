"""Error handling of the command line: every failure becomes one line and an exit code."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cyclopts import CycloptsError

from adgan.cli.voice import say
from adgan.errors import AdganError

OUT_OF_MEMORY = ("out of memory", "llocate memory")
MESSAGE_CHARACTERS_MAX = 600
"""Largest length of a message, which may quote the content of a file."""


def caught(command: Callable[[], int | None], debug: bool = False) -> int:
    """Run a command and report its failure in one line on stderr.

    User errors and system errors, such as a full disk, too little memory or a name that cannot be
    encoded, are reported. Defects of the program are not caught.

    Parameters
    ----------
    command
        The function to run; returns its exit code, or None for 0.
    debug
        If True, print the traceback before that line.

    Returns
    -------
    int
        The exit code: that of the command, 0, or 3 if images were skipped; 2 for a user or system
        error; 130 after Ctrl-C or SIGTERM; 1 if the reader of the output has closed it.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # File names may contain bytes that are not valid text.
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
    say(f"adgan: {' '.join(message.split())[:MESSAGE_CHARACTERS_MAX]}", important=True)
    return code


def _of_the_system(error: Exception) -> str | None:
    """Return the message of a system error; None if the program itself is at fault."""
    # Errors of torch are RuntimeError or derived from it.
    if isinstance(error, MemoryError) or any(words in str(error) for words in OUT_OF_MEMORY):
        return "out of memory: close other programs, or cut large images into parts"
    if isinstance(error, RecursionError):
        return "a file is nested too deeply to be read: correct or remove it"
    if isinstance(error, UnicodeError):
        return f"a name or a text cannot be encoded ({error}): rename it"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}: check names, permissions and disk space"
    return None


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Handle SIGTERM, which batch systems send before they kill a job, like Ctrl-C."""
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
    """Discard the rest of stdout, so that it does not raise again when the interpreter exits."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
