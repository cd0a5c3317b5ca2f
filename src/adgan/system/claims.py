"""Output folders, locked while a process writes, and removed if nothing was written.

The operating system locks the folder itself, so that there is no lock file, and a crash releases
the lock. Windows cannot lock folders; there, a hidden file in the folder is locked instead.
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
"""The hidden lock file on systems that cannot lock folders."""


@dataclass(frozen=True)
class _Claim:
    """A locked folder, the function that releases it, and the folders made, innermost first."""

    release: Callable[[], None]
    made: tuple[Path, ...]


_claims: ContextVar[list[_Claim] | None] = ContextVar("claims", default=None)


@contextmanager
def claims() -> Iterator[None]:
    """Release claims at the end of a ``with`` statement or a decorated function.

    All locks are released. After an error, created folders that are still empty are removed.
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
    """Lock a folder until the enclosing :func:`claims` ends; outside of one, do nothing.

    Parameters
    ----------
    folder
        An existing folder.
    made
        The folders that were created for it, innermost first.
    shared
        If True, other processes with a shared lock, such as those of parts, may lock it too.

    Raises
    ------
    AdganError
        If another process has locked it.
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
        release = _nothing  # some network disks have no locks, but results can be written
    claimed.append(_Claim(release, made))


def _lock(folder: Path, shared: bool) -> Callable[[], None]:
    """Lock a folder immediately or fail; return a function that releases it."""
    if fcntl is None:
        if shared:
            return _nothing  # a file lock cannot be shared
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
    """Release nothing."""


def remove_empty(folders: tuple[Path, ...]) -> None:
    """Remove empty folders, innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
