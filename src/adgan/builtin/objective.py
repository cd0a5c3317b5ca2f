"""The loss of the built-in model: one term per output channel, and a Dice term."""

import torch
from torch import Tensor
from torch.nn import functional as F

from adgan.builtin.targets import HEADS

WEIGHTS = {"foreground": 1.0, "dice": 0.5, "depth": 4.0, "contact": 0.7, "size": 0.5, "offset": 2.0}
CONTACT_WEIGHT = 3.0
"""Weight of contact pixels, relative to all others; it makes up for their small number."""


def objective(output: Tensor, target: Tensor, weight: Tensor) -> dict[str, Tensor]:
    """Return the weighted loss terms; their sum is the loss.

    Parameters
    ----------
    output
        ``B C (Z) Y X``: logits of foreground and contact, depth, size, offsets.
    target
        Targets in the same order, see :func:`adgan.builtin.targets.make_targets`.
    weight
        Weight of each pixel, ``B 1 (Z) Y X``; 0 where the truth is uncertain.
    """
    of = {name: (output[:, [i]], target[:, [i]]) for i, name in enumerate(HEADS)}
    logit, truth = of["foreground"]
    inside = truth * weight
    share = torch.sigmoid(logit) * weight
    overlap = (share * inside).sum()
    terms = {
        "foreground": _mean(
            F.binary_cross_entropy_with_logits(logit, truth, reduction="none"), weight
        ),
        "dice": 1 - (2 * overlap + 1) / (share.sum() + inside.sum() + 1),
        "depth": _mean(F.smooth_l1_loss(*of["depth"], reduction="none", beta=0.1), weight),
    }
    logit, truth = of["contact"]
    contact_weight = weight * (1 + (CONTACT_WEIGHT - 1) * truth)
    terms["contact"] = _mean(
        F.binary_cross_entropy_with_logits(logit, truth, reduction="none"), contact_weight
    )
    terms["size"] = _mean(F.smooth_l1_loss(*of["size"], reduction="none", beta=0.2), inside)
    ways = F.smooth_l1_loss(
        output[:, len(HEADS) :], target[:, len(HEADS) :], reduction="none", beta=0.2
    )
    terms["offset"] = _mean(ways.mean(1, keepdim=True), inside)
    return {name: WEIGHTS[name] * term for name, term in terms.items()}


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)
