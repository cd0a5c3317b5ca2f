"""Expected time and memory of a training, measured on a few of its steps."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from adgan.models.adgan import IMAGE
from adgan.models.build import build_batches, translator_of
from adgan.models.translate import translate
from adgan.recipe.recipe import Recipe
from adgan.system.peak import Peak
from adgan.system.plan import Plan, Spent, plan_of, slowness
from adgan.training.ranks import Ranks

WARM_UP_STEPS = 2
"""Number of training steps before timing starts."""
TIMED_STEPS = (6, 20)
"""Smallest and largest number of timed steps."""
STEPS_PER_TIMED_STEP = 25
"""One of this many steps of the training is timed, within these limits."""
EXAMINATION_CHECKS = 3
"""Duration of the examination at the end, in validation checks."""
ADAPTATION_CHECKS = 2
"""Duration of adapting the scenes to the first masks, in validation checks."""


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
        The training takes less time if attempts end early.
    """
    ranks.begin(recipe, build_batches(recipe, seen))
    schedule, translator = recipe.schedule, translator_of(recipe, ranks.trainer.generator)
    least, most = TIMED_STEPS
    timed = (
        min(most, max(least, schedule.steps // STEPS_PER_TIMED_STEP)) if schedule.steps else most
    )
    take = partial(ranks.step, rate=schedule.rate)
    predict = partial(translate, translator, windows[0], IMAGE, recipe.tiling)
    with Peak() as peak:  # measuring memory takes time, so these steps are not timed
        for number in range(WARM_UP_STEPS):
            take(number)
        predict()
    steps = [
        Spent.on(partial(take, number)) for number in range(WARM_UP_STEPS, WARM_UP_STEPS + timed)
    ]
    passes = [Spent.on(predict) for _ in range(3)]
    one_pass = min(spent.processor for spent in passes)
    views = recipe.quality.check.views[recipe.data.rank - 2]
    check = one_pass * views * len(windows) if schedule.check_every else 0.0
    pace = float(np.median([spent.processor for spent in steps]))
    pace += check / (schedule.check_every or 1)
    end = (EXAMINATION_CHECKS + (ADAPTATION_CHECKS if recipe.scene.refine else 0)) * check
    if schedule.steps is not None:
        work = schedule.steps * pace + end
        return plan_of(work, steps + passes, peak.most, schedule.steps)
    assert schedule.minutes is not None
    length, slow = 60 * schedule.minutes, slowness(steps + passes)
    return Plan(length + slow * end, peak.most, max(1, round(length / (slow * pace))))
