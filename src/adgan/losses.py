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
