"""How much memory this process holds, and the most that it held while something ran."""

import resource
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.002
"""Seconds between two looks."""
_PAGES = Path("/proc/self/statm")


def held() -> int:
    """Return the bytes of main memory that this process holds; its most so far, but for Linux."""
    if _PAGES.exists():
        return int(_PAGES.read_text().split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


class Peak:
    """The most memory held during a ``with`` statement, in ``most``, bytes."""

    def __enter__(self) -> Self:
        self.most = held()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self.most = max(self.most, held())

    def _watch(self) -> None:
        while not self._done.wait(EVERY):
            self.most = max(self.most, held())
