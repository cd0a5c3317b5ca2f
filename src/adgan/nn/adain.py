"""Adaptive instance normalisation and the perceptron that feeds it (paper 5.2, Table 6)."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Norm = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A normalisation with style: maps (x, scale, shift) to a tensor of the shape of x."""
HIDDEN_WIDTH = 256
"""Width of the two hidden layers of the perceptron, as in the paper."""


def adain(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Normalise each channel of each sample, then scale and shift it.

    This is Eq. 7 with corrected names: ``instance_norm(x) * (1 + scale) + shift``. With scale and
    shift 0 it is plain instance normalisation.

    Parameters
    ----------
    x
        ``B C (Z) Y X``.
    scale, shift
        ``B C``.

    Returns
    -------
    torch.Tensor
        Shape and dtype of `x`.
    """
    # One group per channel is instance normalisation, and faster than F.instance_norm on the CPU.
    return _styled(F.group_norm(x, x.shape[1]), scale, shift)


def measuring(
    moments: list[tuple[Tensor, Tensor]],
    size: Sequence[int],
    cores: Sequence[Sequence[slice]],
    weights: Sequence[float],
) -> Norm:
    """Return an AdaIN that pools statistics over the cores of a batch and records them per layer.

    Parameters
    ----------
    moments
        List to which each layer appends its mean and standard deviation, in order of use.
    size
        Sides ``(Z) Y X`` of the network's input.
    cores
        Window of each sample that counts, in pixels of the input; bounds are multiples of 4.
    weights
        Weight of a pixel in each sample's core.
    """

    def norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        steps = [whole // now for whole, now in zip(size, x.shape[2:], strict=True)]
        counts, variances, means = [], [], []
        for sample, core, weight in zip(x, cores, weights, strict=True):
            cut = (slice(c.start // s, c.stop // s) for c, s in zip(core, steps, strict=True))
            part = sample[(..., *cut)]
            variance, mean = torch.var_mean(part.flatten(1), 1, correction=0)
            counts.append(weight * part[0].numel())
            variances.append(variance)
            means.append(mean)
        share = x.new_tensor(counts)[:, None] / sum(counts)
        mean = (share * torch.stack(means)).sum(0)
        variance = (share * (torch.stack(variances) + (torch.stack(means) - mean) ** 2)).sum(0)
        whole = (1, -1, *(1,) * len(size))
        moments.append((mean.view(whole), (variance + EPS).sqrt().view(whole)))
        return _styled((x - moments[-1][0]) / moments[-1][1], scale, shift)

    return norm


def replaying(moments: list[tuple[Tensor, Tensor]]) -> Norm:
    """Return an AdaIN with the statistics that :func:`measuring` recorded, for one forward pass.

    All tiles of an image share them. With statistics of its own, an empty tile would amplify its
    noise into nuclei.
    """
    layers = iter(moments)

    def norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        mean, deviation = next(layers)
        ones = (1,) * (x.ndim - 2)
        # Both the normalisation and the style are linear in x: one pass does both.
        slope = (1 + scale).view(*scale.shape, *ones) / deviation
        return torch.addcmul(shift.view(*shift.shape, *ones) - mean * slope, x, slope)

    return norm


def _styled(normal: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    ones = (1,) * (normal.ndim - 2)
    return torch.addcmul(
        shift.view(*shift.shape, *ones), normal, (1 + scale).view(*scale.shape, *ones)
    )


EPS = 1e-5
"""Added to variances, as in ``group_norm``."""


class StyleMLP(nn.Module):
    """Maps a domain label, or another style code, to scales and shifts of AdaIN layers.

    Parameters
    ----------
    channels
        Channels of each AdaIN layer, in order of use.
    code
        Length of the style code; a domain label has 2.
    """

    def __init__(self, channels: list[int], code: int = 2):
        super().__init__()
        self.sizes = [c for c in channels for _ in range(2)]
        self.layers = nn.Sequential(
            nn.Linear(code, HIDDEN_WIDTH),
            nn.ReLU(inplace=True),
            nn.Linear(HIDDEN_WIDTH, HIDDEN_WIDTH),
            nn.ReLU(inplace=True),
            nn.Linear(HIDDEN_WIDTH, sum(self.sizes)),
        )

    def forward(self, domain: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Map codes ``(B, code)`` to one (scale, shift) pair of ``(B, C)`` per layer."""
        parts = self.layers(domain).split(self.sizes, dim=1)
        return list(zip(parts[::2], parts[1::2], strict=True))
