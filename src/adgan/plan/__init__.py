"""What to expect before work starts: time and memory on this machine, from a short probe."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is expected.

    Parameters
    ----------
    seconds
        Until the end, from the probe on.
    memory
        The most main memory that the process will hold, in bytes.
    steps
        Of training; None for segmenting.
    """

    seconds: float
    memory: float
    steps: int | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        work = "" if self.steps is None else f"{self.steps:,} steps in "
        minutes, seconds = divmod(round(self.seconds), 60)
        length = f"{minutes} min {seconds:02d} s" if minutes else f"{self.seconds:.2g} s"
        return f"plan: {work}about {length}, up to {self.memory / 2**20:,.0f} MiB of memory"


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
