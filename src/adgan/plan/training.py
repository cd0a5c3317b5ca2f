"""Time and memory of a training, from a few of its steps."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from lightning_fabric import Fabric

from adgan.build import build_batches, translator_of
from adgan.data.batches import Batches
from adgan.methods.adgan import IMAGE
from adgan.peak import Peak
from adgan.plan import Plan, seconds_of
from adgan.recipe import Recipe
from adgan.trainer import Trainer
from adgan.translate import translate

STEPS = (2, 6)
"""Steps of training that warm up, and those whose time is taken."""
EXAMINED = 3
"""Looks at the masks that the examination at the end takes as long as."""


def plan_training(
    recipe: Recipe,
    seen: Sequence[np.ndarray],
    windows: Sequence[np.ndarray],
    views: int,
    fabric: Fabric,
) -> Plan:
    """Take a few steps and one look, and throw them away.

    Parameters
    ----------
    recipe
        The run's settings.
    seen
        Images as the network sees them.
    windows
        On which masks are checked, in so many `views`.
    fabric
        Places the networks.

    Returns
    -------
    Plan
        Shorter if tries end early.
    """
    batches, trainer = build_batches(recipe, seen), Trainer(recipe, fabric)
    schedule, (warm, timed) = recipe.schedule, STEPS
    with Peak() as peak:
        paces = [
            seconds_of(partial(_step, batches, trainer, n, schedule.rate))
            for n in range(warm + timed)
        ][warm:]
        look = min(
            seconds_of(
                partial(translate, translator_of(recipe, trainer.generator), windows[0], IMAGE)
            )
            for _ in range(3)
        )
    check = look * views * len(windows) if schedule.check_every else 0.0
    pace = float(np.median(paces)) + check / (schedule.check_every or 1)
    end = EXAMINED * check
    if schedule.steps is not None:
        return Plan(schedule.steps * pace + end, peak.most, schedule.steps)
    assert schedule.minutes is not None
    length = 60 * schedule.minutes
    return Plan(length + end, peak.most, max(1, round(length / pace)))


def _step(batches: Batches, trainer: Trainer, number: int, rate: float) -> None:
    trainer.step(batches.draw(number), number, rate)
