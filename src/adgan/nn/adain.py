"""Adaptive instance normalisation and the perceptron that feeds it (paper 5.2, Table 6)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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
    ones = (1,) * (x.ndim - 2)
    # One group a channel is instance normalisation, and faster than F.instance_norm on CPU.
    normal = F.group_norm(x, x.shape[1])
    return torch.addcmul(
        shift.view(*shift.shape, *ones), normal, (1 + scale).view(*scale.shape, *ones)
    )


class StyleMLP(nn.Module):
    """Domain label to the scales and shifts of a list of AdaIN layers.

    Parameters
    ----------
    channels
        Channels of each AdaIN layer, in order of use.
    hidden
        Width of the two hidden layers (256 in the paper).
    """

    def __init__(self, channels: list[int], hidden: int = 256):
        super().__init__()
        self.sizes = [c for c in channels for _ in range(2)]
        self.layers = nn.Sequential(
            nn.Linear(2, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, sum(self.sizes)),
        )

    def forward(self, domain: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Map domain labels ``(B, 2)`` to one (scale, shift) pair of ``(B, C)`` a layer."""
        parts = self.layers(domain).split(self.sizes, dim=1)
        return list(zip(parts[::2], parts[1::2], strict=True))
