"""The course of a training: which try is on, how far it is, at which rate, and when it ends.

A training is several tries, each from fresh weights with a seed and a rate of its own, as a
GAN may fail at one seed and not at the next, and as the best rate differs by data. They share
the time or the steps given. All of it follows from what is written down step by step, so that a
resumed training goes on exactly.
"""

import math
from collections.abc import Sequence

from adgan.groups import ScheduleSettings

LEAST = 150
"""Steps that a try needs; when fewer are to be had for each, there are fewer tries."""
MARGIN = 0.05
"""Share by which a score must rise to count: less is chance."""
SOUND = 0.9
"""Share of the best score that sound masks have; lower ones are those of networks that fail."""
SETTLED = 5
"""Steps after which the pace of a try can be told."""

Row = dict[str, float]


class Course:
    """Where a training stands.

    Parameters
    ----------
    schedule
        Its settings.
    curve
        Rows so far, one a step: ``step``, ``try`` and ``seconds`` are read.
    checks
        Rows so far, one a check: ``step``, ``try``, ``score`` and ``consensus`` are read.
    """

    def __init__(self, schedule: ScheduleSettings, curve: Sequence[Row], checks: Sequence[Row]):
        self.schedule = schedule
        self.curve = list(curve)
        self.checks = list(checks)
        self.attempt = int(curve[-1]["try"]) if curve else 0
        before = [row for row in curve if row["try"] < self.attempt]
        self._start(before)

    @property
    def step(self) -> int:
        """Steps of the try so far."""
        return len(self.curve) - self.first

    @property
    def seconds(self) -> float:
        """Seconds of the whole training so far."""
        return self.curve[-1]["seconds"] if self.curve else 0.0

    @property
    def progress(self) -> float:
        """Share of the try that is done, 1 at its end."""
        left = len(self.schedule.tries) - self.attempt
        if self.schedule.steps is not None:
            whole: float = self.schedule.steps - self.first
            done: float = self.step
            possible = whole
        else:
            assert self.schedule.minutes is not None
            whole = 60 * self.schedule.minutes - self.began
            done = self.seconds - self.began
            possible = whole / done * self.step if self.step > SETTLED else left * LEAST
        if whole <= done:
            return 1.0
        return min(1.0, done * max(1, min(left, int(possible // LEAST))) / whole)

    @property
    def rate(self) -> float:
        """Learning rate of the next step: constant for half a try, then falling to 0."""
        share = self.schedule.tries[self.attempt]
        return self.schedule.rate * share * min(1.0, 2 * (1 - self.progress))

    @property
    def broke(self) -> bool:
        """Whether the last step of the try left no numbers to go on from."""
        return self.step > 0 and not all(map(math.isfinite, self.curve[-1].values()))

    @property
    def over(self) -> bool:
        """Whether the try has ended: by its length, as it broke, or as its score does not rise."""
        if self.progress >= 1 or self.broke:
            return True
        scores = [row["score"] for row in self.checks if row["try"] == self.attempt]
        return bool(scores) and len(scores) - 1 - best_of(scores) >= self.schedule.patience

    @property
    def finished(self) -> bool:
        """Whether the whole training has ended."""
        return self.over and self.last

    @property
    def last(self) -> bool:
        """Whether no try is left, or no length for one."""
        if self.attempt + 1 >= len(self.schedule.tries):
            return True
        if self.schedule.steps is not None:
            return self.schedule.steps - len(self.curve) < LEAST
        assert self.schedule.minutes is not None
        pace = (self.seconds - self.began) / max(1, self.step)
        return 60 * self.schedule.minutes - self.seconds < LEAST * pace

    @property
    def share(self) -> float:
        """Share of the whole training that is done if no try ends early."""
        if self.finished:
            return 1.0
        if self.schedule.steps is not None:
            return len(self.curve) / self.schedule.steps
        assert self.schedule.minutes is not None
        return min(1.0, self.seconds / (60 * self.schedule.minutes))

    @property
    def due(self) -> bool:
        """Whether the masks are to be checked now."""
        every = self.schedule.check_every
        return every is not None and (self.step % every == 0 or self.over)

    @property
    def chosen(self) -> Row:
        """The check that was chosen, see :func:`choose`; without checks the last step."""
        return choose(self.checks) if self.checks else self.curve[-1]

    def steps_until(self, row: Row) -> int:
        """Return the number of steps that a try had taken by a row of its own."""
        return int(row["step"]) - sum(r["try"] < row["try"] for r in self.curve)

    def next_try(self) -> None:
        """Begin another try."""
        self.attempt += 1
        self._start(self.curve)

    def _start(self, before: Sequence[Row]) -> None:
        self.first = len(before)
        self.began = before[-1]["seconds"] if before else 0.0


def choose(checks: Sequence[Row]) -> Row:
    """Return the check that agrees most with all others, of those with a sound score.

    The score tells failures, but among sound masks it prefers those that leave out dim nuclei.
    """
    least = SOUND * max(row["score"] for row in checks)
    return max((row for row in checks if row["score"] >= least), key=lambda row: row["consensus"])


def best_of(scores: Sequence[float]) -> int:
    """Return the place of the last score that rose above the best before by :data:`MARGIN`."""
    best = 0
    for place, score in enumerate(scores):
        if score > scores[best] * (1 + MARGIN):
            best = place
    return best
