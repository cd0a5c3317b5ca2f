"""Files appear whole or not at all."""

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
    """Write a file under a hidden name beside it, and rename it when it is whole.

    Parameters
    ----------
    path
        The file to write or replace; its folder must exist.

    Yields
    ------
    Path
        The temporary name, with the same suffix, for the body to write to. When the body
        fails, it is removed and ``path`` is as it was.

    Raises
    ------
    AdganError
        If the body or the renaming fails for space, rights or a missing folder.
    """
    path = Path(path)
    temporary = path.with_name(f".adgan-{uuid.uuid4().hex}{path.suffix}")
    try:
        yield temporary
        # A rename may reach the disk before the bytes do: after a power cut the file were empty.
        to_disk(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write indented JSON, whole or not at all; errors as :func:`atomic`."""
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def make_folder(folder: Path) -> Path:
    """Make a folder and its parents, as far as they are not there yet.

    Raises
    ------
    AdganError
        If that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def to_disk(path: Path) -> None:
    """Wait until a file, or all files in a folder, are on the disk."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("r+b") as opened:  # Windows brings to the disk what may be written only
                os.fsync(opened.fileno())


def cannot_write(path: Path, error: OSError) -> AdganError:
    """Say in one line why a file or folder cannot be written, and what to do.

    Parameters
    ----------
    path
        What was to be written.
    error
        What the system said.

    Returns
    -------
    AdganError
        To be raised by the caller.
    """
    mends = {
        errno.ENOSPC: "free some space",
        errno.EDQUOT: "free some space",
        errno.ENOENT: "create its folder first",
    }
    mend = mends.get(error.errno or 0, "choose another place or change its rights")
    return AdganError(f"cannot write {path} ({error.strerror or error}): {mend}")
