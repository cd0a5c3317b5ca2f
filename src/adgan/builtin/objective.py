"""The loss of the built-in model: one term per output channel, and a Dice term."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from adgan.builtin.targets import HEADS


@dataclass(frozen=True)
class LossWeights:
    """Weights of the terms of the loss.

    Parameters
    ----------
    foreground, dice, depth, contact, size, offset
        Weight of each term.
    contact_pixels
        Weight of contact pixels, relative to all others; it makes up for their small number.
    depth_beta, size_beta, offset_beta
        Error below which the smooth L1 loss of a term is quadratic, in units of its target.
    """

    foreground: float = 1.0
    dice: float = 0.5
    depth: float = 4.0
    contact: float = 0.7
    size: float = 0.5
    offset: float = 2.0
    contact_pixels: float = 3.0
    depth_beta: float = 0.1
    size_beta: float = 0.2
    offset_beta: float = 0.2


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
    weights = LossWeights()
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
        "depth": _mean(_smooth(*of["depth"], weights.depth_beta), weight),
    }
    logit, truth = of["contact"]
    contact_weight = weight * (1 + (weights.contact_pixels - 1) * truth)
    terms["contact"] = _mean(
        F.binary_cross_entropy_with_logits(logit, truth, reduction="none"), contact_weight
    )
    terms["size"] = _mean(_smooth(*of["size"], weights.size_beta), inside)
    ways = _smooth(output[:, len(HEADS) :], target[:, len(HEADS) :], weights.offset_beta)
    terms["offset"] = _mean(ways.mean(1, keepdim=True), inside)
    return {name: getattr(weights, name) * term for name, term in terms.items()}


def _smooth(output: Tensor, target: Tensor, beta: float) -> Tensor:
    return F.smooth_l1_loss(output, target, reduction="none", beta=beta)


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)
