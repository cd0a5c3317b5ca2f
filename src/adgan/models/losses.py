"""The loss terms of the paper's section 3.4, as pure functions of tensors."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def least_squares(logits: Tensor, real: bool) -> Tensor:
    """Return the mean of ``(D - 1)^2`` or ``D^2`` (Mao et al. 2017, arXiv:1611.04076)."""
    return F.mse_loss(logits, torch.full_like(logits, float(real)))


def log_likelihood(logits: Tensor, real: bool) -> Tensor:
    """Return the mean of ``-log D`` or ``-log(1 - D)``: Eq. 2 with its second term corrected."""
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


ADVERSARIAL: dict[str, Callable[[Tensor, bool], Tensor]] = {
    "least_squares": least_squares,
    "log": log_likelihood,
}

SQUARES_MIN = 1e-6
"""Sum of squares below which a translation counts as constant; a nucleus of one pixel has 4."""


def dimness(fake: Tensor, x: Tensor, target: float) -> Tensor:
    """Return how far the correlation of translation and input is below a target.

    This term is not in the paper. Without it, nothing determines whether bright or dark regions are
    nuclei: both can be cycled, and some seeds learnt the inverse. Images have bright nuclei; once
    training agrees, this term and its gradient are 0.
    """
    one, other = fake - fake.mean(), x - x.mean()
    # The square root has no gradient at 0, the value for a constant translation.
    scale = one.square().sum().clamp_min(SQUARES_MIN).sqrt() * other.square().sum().sqrt()
    return F.relu(target - (one * other).sum() / (scale + 1e-6))
