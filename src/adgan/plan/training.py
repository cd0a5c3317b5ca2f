"""Time and memory of a training, from a few of its steps."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from adgan.build import build_batches, translator_of
from adgan.methods.adgan import IMAGE
from adgan.peak import Peak
from adgan.plan import Plan, Spent, plan_of, slowness
from adgan.recipe import Recipe
from adgan.training.ranks import Ranks
from adgan.translate import translate

WARM = 2
"""Steps of training that warm up."""
TIMED = (6, 20)
"""Fewest and most steps whose time is taken."""
SHARE = 25
"""One step in so many is timed, within these."""
EXAMINED = 3
"""Looks at the masks that the examination at the end takes as long as."""
FOLLOWED = 2
"""The same of scenes that follow the first masks."""


def plan_training(
    recipe: Recipe,
    seen: Sequence[np.ndarray],
    windows: Sequence[np.ndarray],
    views: int,
    ranks: Ranks,
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
    ranks
        The processes that take the steps.

    Returns
    -------
    Plan
        Shorter if tries end early.
    """
    ranks.begin(recipe, build_batches(recipe, seen))
    schedule, translator = recipe.schedule, translator_of(recipe, ranks.trainer.generator)
    least, most = TIMED
    timed = min(most, max(least, schedule.steps // SHARE)) if schedule.steps else most
    take = partial(ranks.step, rate=schedule.rate)
    glance = partial(translate, translator, windows[0], IMAGE)
    with Peak() as peak:  # whose watching takes time itself
        for number in range(WARM):
            take(number)
        glance()
    steps = [Spent.on(partial(take, number)) for number in range(WARM, WARM + timed)]
    looks = [Spent.on(glance) for _ in range(3)]
    look = min(spent.processor for spent in looks)
    check = look * views * len(windows) if schedule.check_every else 0.0
    pace = float(np.median([spent.processor for spent in steps]))
    pace += check / (schedule.check_every or 1)
    end = (EXAMINED + (FOLLOWED if recipe.scene.refine else 0)) * check
    if schedule.steps is not None:
        work = schedule.steps * pace + end
        return plan_of(work, steps + looks, peak.most, schedule.steps)
    assert schedule.minutes is not None
    length, slow = 60 * schedule.minutes, slowness(steps + looks)
    return Plan(length + slow * end, peak.most, max(1, round(length / (slow * pace))))
