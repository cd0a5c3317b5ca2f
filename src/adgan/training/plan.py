"""Expected time and memory of a training, measured on a few of its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from adgan.models.adgan import IMAGE
from adgan.models.build import build_batches, translator_of
from adgan.models.translate import translate
from adgan.recipe.recipe import Recipe
from adgan.system.peak import Peak
from adgan.system.plan import Plan, Spent, plan_of, slowness
from adgan.training.ranks import Ranks


@dataclass(frozen=True)
class Trial:
    """How the pace of a training is measured, and what its end takes.

    Parameters
    ----------
    warm_up
        Number of training steps before timing starts.
    least, most
        Smallest and largest number of timed steps.
    every
        One of this many steps of the training is timed, within these limits.
    passes
        Number of timed passes of the network over an image.
    examination, adaptation
        Duration of the examination at the end, and of adapting the scenes to the first masks, in
        validation checks.
    """

    warm_up: int = 2
    least: int = 6
    most: int = 20
    every: int = 25
    passes: int = 3
    examination: int = 3
    adaptation: int = 2


TRIAL = Trial()


def plan_training(
    recipe: Recipe,
    seen: Sequence[np.ndarray],
    windows: Sequence[np.ndarray],
    ranks: Ranks,
) -> Plan:
    """Measure a few training steps and a validation check, and discard their results.

    Parameters
    ----------
    recipe
        The run's settings.
    seen
        Images as prepared for the network.
    windows
        Windows on which masks are validated.
    ranks
        The processes that train.

    Returns
    -------
    Plan
        The training takes less time if restarts end early.
    """
    ranks.begin(recipe, build_batches(recipe, seen))
    schedule, translator = recipe.schedule, translator_of(recipe, ranks.trainer.generator)
    timed = TRIAL.most
    if schedule.steps:
        timed = min(TRIAL.most, max(TRIAL.least, schedule.steps // TRIAL.every))
    take = partial(ranks.step, rate=schedule.rate)
    predict = partial(translate, translator, windows[0], IMAGE, recipe.tiling)
    with Peak() as peak:  # measuring memory takes time, so these steps are not timed
        for number in range(TRIAL.warm_up):
            take(number)
        predict()
    numbers = range(TRIAL.warm_up, TRIAL.warm_up + timed)
    steps = [Spent.on(partial(take, number)) for number in numbers]
    passes = [Spent.on(predict) for _ in range(TRIAL.passes)]
    one_pass = min(spent.processor for spent in passes)
    views = recipe.quality.check.views[recipe.data.ndim - 2]
    check = one_pass * views * len(windows) if schedule.check_every else 0.0
    pace = float(np.median([spent.processor for spent in steps]))
    pace += check / (schedule.check_every or 1)
    end = (TRIAL.examination + (TRIAL.adaptation if recipe.scene.refine else 0)) * check
    if schedule.steps is not None:
        work = schedule.steps * pace + end
        return plan_of(work, steps + passes, peak.most, schedule.steps)
    assert schedule.minutes is not None
    length, slow = 60 * schedule.minutes, slowness(steps + passes)
    return Plan(length + slow * end, peak.most, max(1, round(length / (slow * pace))))
