"""Folders held for results: locked while something writes, and gone again if nothing came of it.

The lock is one of the operating system on the folder itself: it leaves no file, and a process that
crashes lets go of it. Windows cannot lock folders; there a hidden file in it is locked instead.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from adgan.errors import AdganError

fcntl: Any
try:
    import fcntl
except ImportError:
    fcntl = None

LOCK = ".adgan-lock"
"""The hidden file, where folders cannot be locked."""


@dataclass(frozen=True)
class _Claim:
    """A locked folder: what lets it go, and the folders that were made for it, innermost first."""

    release: Callable[[], None]
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
            claim.release()
            remove_empty(claim.made)
        raise
    else:
        for claim in claimed:
            claim.release()
    finally:
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
    try:
        release = _lock(folder, shared)
    except (BlockingIOError, Timeout) as error:
        raise AdganError(
            f"another process is writing into {folder}: wait until it has ended, "
            "or choose another folder"
        ) from error
    except OSError:
        release = _nothing  # some network disks know no locks; results can be written all the same
    claimed.append(_Claim(release, made))


def _lock(folder: Path, shared: bool) -> Callable[[], None]:
    """Lock a folder at once or fail; return what lets it go."""
    if fcntl is None:
        if shared:
            return _nothing  # a file is locked for one alone
        lock = FileLock(folder / LOCK)
        lock.acquire(blocking=False)
        return lock.release
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_NB | (fcntl.LOCK_SH if shared else fcntl.LOCK_EX))
    except OSError:
        os.close(descriptor)
        raise
    return partial(os.close, descriptor)


def _nothing() -> None:
    """Let go of what is not held."""


def remove_empty(folders: tuple[Path, ...]) -> None:
    """Remove folders that hold nothing, innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
