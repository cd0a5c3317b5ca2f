"""Adaptive instance normalisation and the perceptron that feeds it (paper 5.2, Table 6)."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Norm = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A normalisation with style: (x, scale, shift) to a tensor of x's shape."""


def adain(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Normalise each channel of each sample, then scale and shift it.

    Eq. 7 with the names put right: ``instance_norm(x) * (1 + scale) + shift``, so that an
    untrained style is the plain normalisation.

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
    # One group a channel is instance normalisation, and faster than F.instance_norm on CPU.
    return _styled(F.group_norm(x, x.shape[1]), scale, shift)


def measuring(
    moments: list[tuple[Tensor, Tensor]],
    size: Sequence[int],
    cores: Sequence[Sequence[slice]],
    weights: Sequence[float],
) -> Norm:
    """Return AdaIN with statistics pooled over the cores of a batch, noted layer by layer.

    Parameters
    ----------
    moments
        Filled with one (mean, standard deviation) pair a layer, in order of use.
    size
        Sides ``(Z) Y X`` of the network's input.
    cores
        The part of each sample that counts, in pixels of the input, on multiples of 4.
    weights
        How much each pixel of a sample's core counts.
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
    """Return AdaIN with the statistics that :func:`measuring` noted, for one pass.

    The tiles of one image share them: a tile's own statistics would turn the noise of an
    empty tile into nuclei.
    """
    layers = iter(moments)

    def norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        mean, deviation = next(layers)
        ones = (1,) * (x.ndim - 2)
        # Normalised and styled at once, as it is one line of x.
        slope = (1 + scale).view(*scale.shape, *ones) / deviation
        return torch.addcmul(shift.view(*shift.shape, *ones) - mean * slope, x, slope)

    return norm


def _styled(normal: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    ones = (1,) * (normal.ndim - 2)
    return torch.addcmul(
        shift.view(*shift.shape, *ones), normal, (1 + scale).view(*scale.shape, *ones)
    )


EPS = 1e-5
"""Added to variances, as group_norm does."""


class StyleMLP(nn.Module):
    """Domain label, or another style code, to the scales and shifts of a list of AdaIN layers.

    Parameters
    ----------
    channels
        Channels of each AdaIN layer, in order of use.
    hidden
        Width of the two hidden layers (256 in the paper).
    code
        Numbers of the style code; a domain label has 2.
    """

    def __init__(self, channels: list[int], hidden: int = 256, code: int = 2):
        super().__init__()
        self.sizes = [c for c in channels for _ in range(2)]
        self.layers = nn.Sequential(
            nn.Linear(code, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, sum(self.sizes)),
        )

    def forward(self, domain: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Map codes ``(B, code)`` to one (scale, shift) pair of ``(B, C)`` a layer."""
        parts = self.layers(domain).split(self.sizes, dim=1)
        return list(zip(parts[::2], parts[1::2], strict=True))
