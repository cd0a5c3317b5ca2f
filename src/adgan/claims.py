"""Folders held for results: locked while something writes, and gone again if nothing came of it.

The lock is one of the operating system on the folder itself: it leaves no file, and a process that
crashes lets go of it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from adgan.errors import AdganError


@dataclass(frozen=True)
class _Claim:
    """A locked folder: its descriptor, and the folders that were made for it, innermost first."""

    descriptor: int | None
    made: tuple[Path, ...]


_claims: ContextVar[list[_Claim] | None] = ContextVar("claims", default=None)


@contextmanager
def claims() -> Iterator[None]:
    """Hold what is claimed within, as a ``with`` statement or as a decorator.

    At the end all locks are let go. After a failure, folders that were made and are still empty
    are removed.
    """
    claimed: list[_Claim] = []
    token = _claims.set(claimed)
    try:
        yield
    except BaseException:
        for claim in reversed(claimed):
            remove_empty(claim.made)
        raise
    finally:
        for claim in claimed:
            if claim.descriptor is not None:
                os.close(claim.descriptor)
        _claims.reset(token)


def hold(folder: Path, made: tuple[Path, ...] = (), shared: bool = False) -> None:
    """Lock a folder until the enclosing :func:`claims` ends; nothing happens outside of one.

    Parameters
    ----------
    folder
        An existing folder.
    made
        The folders that were made for it, innermost first.
    shared
        Whether processes that share it too may hold it at a time, such as those of parts.

    Raises
    ------
    AdganError
        If another process holds it.
    """
    claimed = _claims.get()
    if claimed is None:
        return
    descriptor = None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_NB | (fcntl.LOCK_SH if shared else fcntl.LOCK_EX))
    except BlockingIOError as error:
        assert descriptor is not None
        os.close(descriptor)
        raise AdganError(
            f"another process is writing into {folder}: wait until it has ended, "
            "or choose another folder"
        ) from error
    except OSError:
        pass  # some network disks know no locks; results can be written there all the same
    claimed.append(_Claim(descriptor, made))


def remove_empty(folders: tuple[Path, ...]) -> None:
    """Remove folders that hold nothing, innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
