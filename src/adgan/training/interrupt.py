"""Ctrl-C and SIGTERM as a request to stop after the current step."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Batch systems send SIGTERM some time before they kill a job."""


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C or SIGTERM into a request to stop; a second one interrupts as usual."""
    wished = False

    def wish(number: int, frame: FrameType | None) -> None:
        nonlocal wished
        if wished:
            raise KeyboardInterrupt
        wished = True

    # Only the main thread may set signal handlers.
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    previous = {number: signal.signal(number, wish) for number in SIGNALS}
    try:
        yield lambda: wished
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
