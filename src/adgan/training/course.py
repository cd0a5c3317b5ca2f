"""The schedule of a training: the current restart, its progress, learning rate, and end.

A training consists of several restarts. Each begins with new weights and has a seed and a
learning rate of its own, as a GAN may fail with one seed and succeed with the next, and as the best
rate differs between data sets. The restarts share the given time or steps. Everything follows from
the rows that are logged step by step, so that a resumed training continues exactly.
"""

import math
from collections.abc import Sequence
from dataclasses import fields

from adgan.errors import AdganError
from adgan.quality.score import Check
from adgan.recipe.schedule import ScheduleSettings
from adgan.runs import LOG
from adgan.runs.log import Past, Row

PACE_STEPS = 5
"""Steps after which the pace of a restart is known."""

STEPPED = {"step", "restart", "seconds"}
"""Entries that the row of a step needs."""
CHECKED = {"step", "restart", "score", "consensus", *(field.name for field in fields(Check))}
"""Entries that the row of a check needs."""


class Course:
    """The progress of a training.

    Parameters
    ----------
    schedule
        Schedule settings of the run.
    curve
        Rows so far, one per step; ``step``, ``restart`` and ``seconds`` are read.
    checks
        Rows so far, one per check; ``step``, ``restart``, ``score`` and ``consensus`` are read.
    """

    def __init__(self, schedule: ScheduleSettings, curve: Sequence[Row], checks: Sequence[Row]):
        self.schedule = schedule
        self.curve = list(curve)
        self.checks = list(checks)
        self.restart = int(curve[-1]["restart"]) if curve else 0
        before = [row for row in curve if row["restart"] < self.restart]
        self._start(before)

    @property
    def step(self) -> int:
        """Steps of the current restart so far."""
        return len(self.curve) - self.first

    @property
    def seconds(self) -> float:
        """Seconds of the whole training so far."""
        return self.curve[-1]["seconds"] if self.curve else 0.0

    @property
    def progress(self) -> float:
        """Completed fraction of the current restart, 0 to 1."""
        left = len(self.schedule.restarts) - self.restart
        if self.schedule.steps is not None:
            whole: float = self.schedule.steps - self.first
            done: float = self.step
            possible = whole
        else:
            assert self.schedule.minutes is not None
            whole = 60 * self.schedule.minutes - self.began
            done = self.seconds - self.began
            possible = (
                whole / done * self.step
                if self.step > PACE_STEPS
                else left * self.schedule.restart_steps
            )
        if whole <= done:
            return 1.0
        return min(
            1.0, done * max(1, min(left, int(possible // self.schedule.restart_steps))) / whole
        )

    @property
    def rate(self) -> float:
        """Learning rate of the next step: constant for half of the restart, then falling to 0."""
        share = self.schedule.restarts[self.restart]
        return self.schedule.rate * share * min(1.0, 2 * (1 - self.progress))

    @property
    def broke(self) -> bool:
        """True if the last step of the restart gave values that are not finite."""
        return self.step > 0 and not all(map(math.isfinite, self.curve[-1].values()))

    @property
    def over(self) -> bool:
        """True if the restart has ended: it is complete, it broke, or its score stopped rising."""
        if self.progress >= 1 or self.broke:
            return True
        scores = [row["score"] for row in self.checks if row["restart"] == self.restart]
        if not scores:
            return False
        return len(scores) - 1 - best_of(scores, self.schedule.gain) >= self.schedule.patience

    @property
    def finished(self) -> bool:
        """True if the whole training has ended."""
        return self.over and self.last

    @property
    def last(self) -> bool:
        """True if no restart is left, or too little time or too few steps for one."""
        if self.restart + 1 >= len(self.schedule.restarts):
            return True
        if self.schedule.steps is not None:
            return self.schedule.steps - len(self.curve) < self.schedule.restart_steps
        assert self.schedule.minutes is not None
        pace = (self.seconds - self.began) / max(1, self.step)
        return 60 * self.schedule.minutes - self.seconds < self.schedule.restart_steps * pace

    @property
    def share(self) -> float:
        """Completed fraction of the whole training, if no restart ends early."""
        if self.finished:
            return 1.0
        if self.schedule.steps is not None:
            return len(self.curve) / self.schedule.steps
        assert self.schedule.minutes is not None
        return min(1.0, self.seconds / (60 * self.schedule.minutes))

    @property
    def due(self) -> bool:
        """True if the masks are to be checked after this step."""
        every = self.schedule.check_every
        return every is not None and (self.step % every == 0 or self.over)

    @property
    def chosen(self) -> Row:
        """The row of the chosen check, see :func:`choose`; without checks that of the last step."""
        return choose(self.checks, self.schedule.sound) if self.checks else self.curve[-1]

    def steps_until(self, row: Row) -> int:
        """Return the number of steps of a restart up to one of its rows."""
        return int(row["step"]) - sum(r["restart"] < row["restart"] for r in self.curve)

    def next_restart(self) -> None:
        """Begin the next restart."""
        self.restart += 1
        self._start(self.curve)

    def _start(self, before: Sequence[Row]) -> None:
        self.first = len(before)
        self.began = before[-1]["seconds"] if before else 0.0


def course_of(past: Past, schedule: ScheduleSettings, step: int) -> Course:
    """Return the course of a training whose state was saved after a step.

    Parameters
    ----------
    past
        What its log tells until then.
    schedule
        Schedule settings of AD-GAN's part of the training.
    step
        Step of the saved state; 0 for a training that has not begun.

    Raises
    ------
    AdganError
        If the log does not belong to the state, or rows lack entries.
    """
    for rows, needed in ((past.curve, STEPPED), (past.checks, CHECKED)):
        last = max((row.get("restart", 0) for row in rows), default=0)
        complete = all(row.keys() >= needed for row in rows)
        if not complete or last >= len(schedule.restarts):
            raise _other()
        if not _rising(rows, "restart") or not _rising(rows, "step"):
            raise _other()
    steps = [row["step"] for row in past.curve]
    if steps != list(range(1, step + 1)) or not _rising(past.curve, "seconds"):
        raise _other()
    return Course(schedule, past.curve, past.checks)


def choose(checks: Sequence[Row], sound: float) -> Row:
    """Return the check that agrees best with all others, among those with a sound score.

    A score is sound from the fraction `sound` of the best one.
    The score detects failures, but among sound masks it prefers those that miss dim nuclei.
    """
    least = sound * max(row["score"] for row in checks)
    return max((row for row in checks if row["score"] >= least), key=lambda row: row["consensus"])


def best_of(scores: Sequence[float], gain: float) -> int:
    """Return the index of the last score that rose by a relative `gain` over the best before it."""
    best = 0
    for place, score in enumerate(scores):
        if score > scores[best] * (1 + gain):
            best = place
    return best


def _rising(rows: Sequence[Row], name: str) -> bool:
    values = [0.0, *(row[name] for row in rows)]
    return all(map(math.isfinite, values)) and values == sorted(values)


def _other() -> AdganError:
    return AdganError(
        f"{LOG} does not belong to the saved state of the run: restore both, or start a new run"
    )
