"""Pure functions of tensors: the terms of the paper's section 3.4."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def least_squares(logits: Tensor, real: bool) -> Tensor:
    """Return the mean of ``(D - 1)^2`` or ``D^2`` (Mao et al. 2017, arXiv:1611.04076)."""
    return F.mse_loss(logits, torch.full_like(logits, float(real)))


def log_likelihood(logits: Tensor, real: bool) -> Tensor:
    """Return the mean of ``-log D`` or ``-log(1 - D)``: Eq. 2, its second term put right."""
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


ADVERSARIAL: dict[str, Callable[[Tensor, bool], Tensor]] = {
    "least_squares": least_squares,
    "log": log_likelihood,
}

LEAST = 1e-6
"""Sum of squares under which a translation counts as one value; a nucleus of one pixel has 4."""
BRIGHT = 0.2
"""Correlation of an image and its translation from which :func:`dimness` is nothing."""


def dimness(fake: Tensor, x: Tensor) -> Tensor:
    """Return by how much the correlation of translations and inputs falls short of :data:`BRIGHT`.

    Not in the paper. Nothing else says whether the bright or the dark in an image is nucleus: both
    can be cycled, so that some seeds learnt the inverse. Images come with bright nuclei; once
    training goes that way this term is 0 and has no gradient.
    """
    one, other = fake - fake.mean(), x - x.mean()
    # A root has no slope at 0, where a translation is one value throughout.
    scale = one.square().sum().clamp_min(LEAST).sqrt() * other.square().sum().sqrt()
    return F.relu(BRIGHT - (one * other).sum() / (scale + 1e-6))
