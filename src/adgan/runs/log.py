"""The log of a training: one line of JSON per event, only ever appended to.

A resumed training rebuilds itself from the log and the saved state. The settings, the record and
the tables in a run folder are written from the log, for people and for :func:`adgan.load`.
"""

import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adgan.errors import AdganError
from adgan.io.atomic import append_line
from adgan.recipe.recipe import Recipe, faults_of, make_recipe, with_present_names
from adgan.runs import LOG
from adgan.runs.record import FORMAT, Count, Entry, Words, check_run

Row = dict[str, float]


class Event(Entry):
    """One line of the log.

    Parameters
    ----------
    event
        ``start``, ``step``, ``check``, ``scenes`` (adapted to the masks), ``saved``, ``note``, or
        ``resumed``, which takes back all events of later steps.
    step
        Number of steps before it, in all restarts.
    about
        Entries of ``run.json`` that change, see :class:`adgan.runs.record.RunFile`.
    recipe, scene
        All settings of the run; its scene settings from now on.
    row
        Row of ``curve.csv`` or ``checks.csv``; None for a number that is not finite.
    consensus
        That of all checks so far.
    """

    event: Words
    step: Count
    about: dict[str, Any] = {}
    recipe: dict[str, Any] | None = None
    scene: dict[str, Any] | None = None
    row: dict[Words, int | float | None] = {}
    consensus: list[float] = []


@dataclass(frozen=True)
class Past:
    """The past of a training, as told by its log.

    Attributes
    ----------
    recipe
        Settings, with the latest scenes.
    about
        Content of ``run.json``.
    curve, checks
        One row per step, and per check.
    saved
        Step of the latest saved state; 0 if there is none.
    """

    recipe: Recipe
    about: dict[str, Any]
    curve: list[Row]
    checks: list[Row]
    saved: int = 0


def write_start(
    folder: Path,
    recipe: Recipe,
    inputs: Sequence[dict[str, Any]],
    labels: Mapping[str, str] | None = None,
    left_out: Sequence[str] = (),
) -> Past:
    """Begin the log of a run, before its first step, and return what it says.

    Parameters
    ----------
    folder
        Run folder.
    recipe, inputs
        Settings of the run, and its images, see :func:`adgan.runs.record.describe`.
    labels
        Hashes of the given label maps.
    left_out
        Names of images that are excluded from training, even after resuming.

    Raises
    ------
    AdganError
        If the folder cannot be written.
    """
    about = {
        "format": FORMAT,
        "versions": {name: version(name) for name in ("adgan", "torch", "numpy")}
        | {"python": platform.python_version()},
        "seed": recipe.seed,
        "inputs": list(inputs),
        "left_out": list(left_out),
        "student": {"steps": 0, "seconds": 0.0, "labels": dict(labels)} if labels else None,
    }
    append(folder, "start", 0, recipe=recipe.model_dump(mode="json"), about=about)
    return Past(recipe, check_run(about, folder / LOG), [], [])


def append(folder: Path, event: str, step: int, **entries: Any) -> None:
    """Append an event to the log of a run; for `entries` see :class:`Event`."""
    if row := entries.get("row"):
        entries["row"] = {k: v if math.isfinite(v) else None for k, v in row.items()}
    append_line(folder / LOG, json.dumps({"event": event, "step": step, **entries}))


def read_log(folder: Path) -> Past:
    """Return the past of a training.

    Parameters
    ----------
    folder
        Run folder.

    Raises
    ------
    AdganError
        If the log is missing or damaged.
    """
    path = folder / LOG
    events = _events(path)
    if not events or events[0].recipe is None:
        raise _damaged(path, "it does not begin with a start")
    settings, about = events[0].recipe, dict[str, Any]()
    curve, checks = list[Row](), list[Row]()
    for event in events:
        about |= event.about
        if event.scene is not None:
            settings = settings | {"scene": event.scene}
        row = {k: math.nan if v is None else v for k, v in event.row.items()}
        if event.event == "step":
            curve.append({"step": event.step, **row})
        elif event.event == "check":
            checks.append({"step": event.step, **row})
            for check, consensus in zip(checks, event.consensus, strict=False):
                check["consensus"] = consensus
    recipe = make_recipe(with_present_names(settings), str(path))
    saved = max((event.step for event in events if event.event == "saved"), default=0)
    return Past(recipe, check_run(about, path), curve, checks, saved)


def rewind(folder: Path, step: int) -> Past:
    """Take back the events after a step, unless there is a verdict; return those until then."""
    past = read_log(folder)
    judged = past.about["finished"] and past.about["verdict"]
    if judged or len(past.curve) < step:
        return past
    append(folder, "resumed", step)
    return read_log(folder)


def _events(path: Path) -> list[Event]:
    """Return the events that have not been taken back."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise AdganError(
            f"{path.parent} cannot be resumed without its {path.name}, which earlier versions did "
            "not write: restore the file, or start a new run"
        ) from error
    events, torn = list[Event](), False
    for number, line in enumerate(lines, 1):
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            torn = True  # by a killed process, if the training was resumed then or is now
            continue
        try:
            event = Event.model_validate(read)
        except ValidationError as error:
            raise _damaged(path, f"line {number}, {faults_of(error)}") from error
        if event.event == "resumed":
            events = [one for one in events if one.step <= event.step]
        elif torn:
            raise _damaged(path, f"line {number - 1} is not JSON")
        torn = False
        events.append(event)
    return events


def _damaged(path: Path, reason: str) -> AdganError:
    return AdganError(f"{path} is damaged ({reason}): restore it, or start a new run")
