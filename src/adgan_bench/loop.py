"""The training loop that all rivals share."""

import time
from collections.abc import Callable
from itertools import count

import torch
from torch import Tensor
from torch.optim import Optimizer

from adgan.recipe.schedule import ScheduleSettings


def run_loop(
    schedule: ScheduleSettings,
    step: Callable[[int, float], object],
    optimisers: list[Optimizer],
    rate: float,
    share: float = 1.0,
) -> int:
    """Call a step until the time or the steps are used up.

    As in AD-GAN, the rate is constant for the first half and falls to 0 over the second.

    Parameters
    ----------
    schedule
        Length of the training, in steps or minutes.
    step
        Called with the number of the step and the completed fraction.
    optimisers
        Optimisers whose rate is set before each step.
    rate
        Initial learning rate.
    share
        Fraction of the schedule that this loop may use; stages of one system share it.

    Returns
    -------
    int
        Number of steps taken.
    """
    started = time.monotonic()
    for number in count():
        if schedule.steps is not None:
            progress = number / (share * schedule.steps)
        else:
            assert schedule.minutes is not None
            progress = (time.monotonic() - started) / (60 * share * schedule.minutes)
        if progress >= 1:
            return number
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, 2 * (1 - progress))
        step(number, progress)
    raise AssertionError


def halves(batch: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the images and the masks of a batch on a device."""
    images, masks = batch.to(device).chunk(2)
    return images, masks
