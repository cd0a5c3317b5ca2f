"""Atomic writing: a file appears complete or not at all."""

import errno
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from adgan.errors import AdganError


@contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file under a hidden name in the same folder, and rename it when it is complete.

    Parameters
    ----------
    path
        The file to write or replace; its folder must exist.

    Yields
    ------
    Path
        The temporary file that the body writes, with the same suffix. If the body fails, it is
        removed and ``path`` is unchanged.

    Raises
    ------
    AdganError
        If writing or renaming fails because of disk space, permissions or a missing folder.
    """
    path = Path(path)
    temporary = path.with_name(f".adgan-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        # The disk may store the new name before the bytes: a power cut would leave an empty file.
        to_disk(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write indented JSON atomically; raises as :func:`atomic`."""
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def append_line(path: Path, line: str) -> None:
    """Append a line to a file; several processes may do so at the same time.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    try:
        with path.open("a+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read() != b"\n":  # an incomplete line of a killed process
                    file.write(b"\n")
            file.write(line.encode() + b"\n")
    except OSError as error:
        raise cannot_write(path, error) from error


def make_folder(folder: Path) -> Path:
    """Create a folder and its parents if they do not exist.

    Raises
    ------
    AdganError
        If the folder cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def to_disk(path: Path) -> None:
    """Wait until a file, or all files in a folder, are on the disk; raises as :func:`atomic`."""
    try:
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file():
                with file.open("r+b") as opened:  # Windows only flushes files opened for writing
                    os.fsync(opened.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> AdganError:
    """Return an error that says in one line why a path cannot be written, and the remedy.

    Parameters
    ----------
    path
        The file or folder to write.
    error
        The error of the operating system.

    Returns
    -------
    AdganError
        For the caller to raise.
    """
    remedies = {
        errno.ENOSPC: "free some space",
        errno.EDQUOT: "free some space",
        errno.ENOENT: "create its folder first",
    }
    remedy = remedies.get(error.errno or 0, "choose another folder or change its permissions")
    return AdganError(f"cannot write {path} ({error.strerror or error}): {remedy}")
