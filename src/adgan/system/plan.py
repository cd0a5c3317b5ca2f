"""Expected time and memory on this machine, measured by a short probe before work starts."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

BUSY_RATIO_MIN = 1.3
"""Elapsed time per processor time above which other programs slow the work down."""


@dataclass(frozen=True)
class Spent:
    """Elapsed time and processor time in seconds; other programs do not affect the latter."""

    clock: float
    processor: float

    @staticmethod
    def on(work: Callable[[], object]) -> "Spent":
        """Call a function and measure it."""
        with Stopwatch() as watch:
            work()
        return watch.spent


class Stopwatch:
    """Measures a ``with`` statement; the result is in ``spent``."""

    def __enter__(self) -> Self:
        self._began = time.monotonic(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        clock, processor = self._began
        self.spent = Spent(time.monotonic() - clock, time.process_time() - processor)


def slowness(probes: Sequence[Spent]) -> float:
    """Return the elapsed time per processor time over all probes.

    A busy machine runs single steps at full speed and halts others, so the ratio of one step
    means little.
    """
    processor = sum(spent.processor for spent in probes)
    return sum(spent.clock for spent in probes) / processor if processor > 0 else 1.0


@dataclass(frozen=True)
class Plan:
    """The expected time and memory.

    Parameters
    ----------
    seconds
        Time from the probe to the end, if the machine stays as busy as during the probe.
    memory
        Peak main memory of the process in bytes.
    steps
        Number of training steps; None for segmentation.
    alone
        Time in seconds without other programs; None if the length is given or no other program
        slows the work down.
    """

    seconds: float
    memory: float
    steps: int | None = None
    alone: float | None = None

    def then(self, other: "Plan") -> "Plan":
        """Return the plan of this work followed by other work."""
        alone = None
        if self.alone or other.alone:
            alone = (self.alone or self.seconds) + (other.alone or other.seconds)
        memory = max(self.memory, other.memory)
        return Plan(self.seconds + other.seconds, memory, self.steps, alone)

    def __str__(self) -> str:
        """Return the plan as one line."""
        work = "" if self.steps is None else f"{self.steps:,} steps in "
        alone = f" ({_length(self.alone)} without other programs)" if self.alone else ""
        return (
            f"plan: {work}about {_length(self.seconds)}{alone}, "
            f"up to {self.memory / 2**20:,.0f} MiB of memory"
        )


def plan_of(processor: float, probes: Sequence[Spent], memory: float, steps: int | None) -> Plan:
    """Return the plan of work that takes `processor` seconds of processor time."""
    slow = slowness(probes)
    return Plan(processor * slow, memory, steps, processor if slow > BUSY_RATIO_MIN else None)


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.2g} s"
