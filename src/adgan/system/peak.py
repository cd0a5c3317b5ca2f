"""Free memory, memory used by this process, and its peak during a task.

Linux states them in files; on other systems, psutil, which is installed there, asks the system.
"""

import mmap
import sys
import threading
from pathlib import Path
from typing import Self

from adgan.errors import AdganError

SAMPLING_INTERVAL_S = 0.002
"""Time between two measurements, in seconds."""
_PAGES = Path("/proc/self/statm")
_LIMITS = Path("/proc/self/limits")
_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def held() -> int:
    """Return the main memory used by this process, in bytes."""
    if _PAGES.exists():
        return int(_PAGES.read_text().split()[1]) * mmap.PAGESIZE
    import psutil

    return int(psutil.Process().memory_info().rss)


def available() -> float:
    """Return the main memory that is still available, in bytes; infinity if unknown."""
    room = float("inf")
    if _MEMORY.exists():
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
        room = 1024 * float(lines["MemAvailable"].split()[0])
    elif sys.platform != "linux":
        import psutil

        room = float(psutil.virtual_memory().available)
    try:  # the limit of a container
        limit = float((_GROUP / "memory.max").read_text())
        taken = float((_GROUP / "memory.current").read_text())
        lines = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        room = min(room, limit - taken + float(lines["inactive_file"]))
    except (OSError, ValueError, KeyError):
        pass  # no such limit
    try:  # the limit of `ulimit -v`
        (line,) = (x for x in _LIMITS.read_text().splitlines() if x.startswith("Max address space"))
        taken = int(_PAGES.read_text().split()[0]) * mmap.PAGESIZE
        room = min(room, float(line.split()[3]) - taken)
    except (OSError, ValueError):
        pass  # it is "unlimited"
    return max(0.0, room)


def ask(size: float, what: str, mend: str) -> None:
    """Check that enough memory is free before it is allocated.

    Parameters
    ----------
    size
        Required memory in bytes.
    what
        What needs the memory, for the message.
    mend
        How to need less, for the message.

    Raises
    ------
    AdganError
        If there is not enough free memory.
    """
    if size > (room := available()):
        raise AdganError(
            f"{what} needs {size / 2**30:.1f} GiB of memory, but only {room / 2**30:.1f} are free: "
            f"{mend}"
        )


class Peak:
    """Measures the peak memory during a ``with`` statement; the result is in ``most``, in bytes."""

    def __enter__(self) -> Self:
        self.most = held()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.most = max(self.most, held())

    def _watch(self) -> None:
        while not self._done.wait(SAMPLING_INTERVAL_S):
            self.most = max(self.most, held())
