"""What to expect before work starts: time and memory on this machine, from a short probe."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

BUSY = 1.3
"""Seconds on the clock per second of a processor from which on other work is in the way."""


@dataclass(frozen=True)
class Spent:
    """Seconds that something took: on the clock, and of the processor, which others leave alone."""

    clock: float
    processor: float

    @staticmethod
    def on(work: Callable[[], object]) -> "Spent":
        """Do something, and return what it took."""
        with Stopwatch() as watch:
            work()
        return watch.spent


class Stopwatch:
    """What a ``with`` statement took, in ``spent``."""

    def __enter__(self) -> Self:
        self._began = time.monotonic(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        clock, processor = self._began
        self.spent = Spent(time.monotonic() - clock, time.process_time() - processor)


def slowness(probes: Sequence[Spent]) -> float:
    """Return the seconds on the clock per second of the processor.

    Over a whole probe, as a busy machine lets single steps through at full pace and halts others.
    """
    processor = sum(spent.processor for spent in probes)
    return sum(spent.clock for spent in probes) / processor if processor > 0 else 1.0


@dataclass(frozen=True)
class Plan:
    """What is expected.

    Parameters
    ----------
    seconds
        Until the end, from the probe on, the machine being as busy as it was then.
    memory
        The most main memory that the process will hold, in bytes.
    steps
        Of training; None for segmenting.
    alone
        Seconds if nothing else ran; None where the length is given or nothing is in the way.
    """

    seconds: float
    memory: float
    steps: int | None = None
    alone: float | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        work = "" if self.steps is None else f"{self.steps:,} steps in "
        alone = f" ({_length(self.alone)} if nothing else ran)" if self.alone else ""
        return (
            f"plan: {work}about {_length(self.seconds)}{alone}, "
            f"up to {self.memory / 2**20:,.0f} MiB of memory"
        )


def plan_of(processor: float, probes: Sequence[Spent], memory: float, steps: int | None) -> Plan:
    """Return the plan of work that takes so many seconds of the processor."""
    slow = slowness(probes)
    return Plan(processor * slow, memory, steps, processor if slow > BUSY else None)


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.2g} s"
