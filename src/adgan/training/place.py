"""Where a run is written: its folder, or a subfolder while the folder still holds an older run.

The older run stays intact until the new one has weights. Then the files of the new run replace its
files, the weights last. If that is interrupted, either the folder still has the older weights, or
all files of the new run exist and :func:`place_of` finishes the move.
"""

import os
import shutil
from pathlib import Path

from adgan.io.atomic import cannot_write, make_folder
from adgan.runs import (
    CHECKS,
    CURVE,
    KEPT,
    LOG,
    NEW,
    PANELS,
    RECIPE,
    RUN,
    STATE,
    STUDENT,
    WEIGHTS,
)
from adgan.system.claims import remove_empty


def begin(folder: Path) -> Path:
    """Return the empty folder in which a new run is written.

    Parameters
    ----------
    folder
        The run's folder, which may hold an older run.
    """
    new = folder / NEW
    if (new / WEIGHTS).exists() and not (folder / WEIGHTS).exists():
        _move(new, folder)  # a move that was interrupted: the only complete run
    shutil.rmtree(new, ignore_errors=True)
    if not (folder / WEIGHTS).exists():
        _clear(folder)
        return folder
    return make_folder(new)


def abandon(place: Path) -> None:
    """Remove the files of a run that failed before its first state was saved."""
    moving = place.name == NEW and not (place.parent / WEIGHTS).exists()
    if moving or not place.exists() or (place / STATE).exists():
        return
    _clear(place)
    remove_empty((place / PANELS,))
    remove_empty((place / KEPT,))
    if place.name == NEW:
        shutil.rmtree(place)


def place_of(folder: Path) -> Path:
    """Return the folder in which the latest run of `folder` is written."""
    new = folder / NEW
    if (folder / WEIGHTS).exists():
        if (new / RUN).exists():
            return new
        shutil.rmtree(new, ignore_errors=True)  # had not begun, or was moved whole
    elif new.is_dir():
        _move(new, folder)
    return folder


def settle_in(place: Path) -> Path:
    """Return the folder in which a run continues: that of the older run once it has weights."""
    if place.name != NEW or not (place / WEIGHTS).exists():
        return place
    _move(place, place.parent)
    return place.parent


def _move(new: Path, folder: Path) -> None:
    """Move the files of a new run that have not been moved yet; raises `AdganError`."""
    try:
        if (new / RUN).exists():
            _clear(folder)
            os.replace(new / RUN, folder / RUN)  # first, so that nothing is cleared twice
        for part in (PANELS, KEPT):
            if (new / part).is_dir():
                (folder / part).mkdir(exist_ok=True)
                for path in sorted((new / part).iterdir()):
                    os.replace(path, folder / part / path.name)
        for name in (RECIPE, LOG, STATE, CURVE, CHECKS, STUDENT, WEIGHTS):
            if (new / name).exists():
                os.replace(new / name, folder / name)
        shutil.rmtree(new)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _clear(folder: Path) -> None:
    """Remove an earlier run, its weights first, as they are useless without the rest."""
    for name in (WEIGHTS, STUDENT, RECIPE, RUN, LOG, STATE, CURVE, CHECKS):
        (folder / name).unlink(missing_ok=True)
    for part in (PANELS, KEPT):
        for path in (folder / part).glob("step_*.*"):
            path.unlink()
