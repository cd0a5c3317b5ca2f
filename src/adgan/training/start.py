"""Read the tables of a resumed training, and check that they belong to its saved state."""

import math
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from adgan.errors import AdganError
from adgan.quality.score import Check
from adgan.recipe.schedule import ScheduleSettings
from adgan.runs import CHECKS, CURVE
from adgan.runs.tables import read_rows
from adgan.training.course import Course, Row

CHECKED = ("step", "try", "score", "consensus", *(field.name for field in fields(Check)))


def read_course(folder: Path, schedule: ScheduleSettings, step: int) -> Course:
    """Return the course of a training at the step at which its state was saved.

    Parameters
    ----------
    folder
        Folder of the run.
    schedule
        Schedule settings of the run.
    step
        Step of the saved state; 0 for a training that has not begun.

    Raises
    ------
    AdganError
        If the tables are damaged, or do not belong to the state.
    """
    curve = read_rows(folder / CURVE, ("step", "try", "seconds"))[:step]
    checks = [row for row in read_rows(folder / CHECKS, CHECKED) if row["step"] <= step]
    steps = [row["step"] for row in curve]
    if steps != list(range(1, step + 1)) or not _rising(curve, "seconds"):
        raise _other(folder / CURVE)
    for path, rows in ((folder / CURVE, curve), (folder / CHECKS, checks)):
        last = max((row["try"] for row in rows), default=0)
        if last >= len(schedule.tries) or not _rising(rows, "try") or not _rising(rows, "step"):
            raise _other(path)
    return Course(schedule, curve, checks)


def _rising(rows: Sequence[Row], name: str) -> bool:
    values = [0.0, *(row[name] for row in rows)]
    return all(map(math.isfinite, values)) and values == sorted(values)


def _other(path: Path) -> AdganError:
    return AdganError(
        f"{path} does not belong to the saved state of the run: restore both, or start a new run"
    )
