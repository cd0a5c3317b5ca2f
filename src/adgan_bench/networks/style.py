"""An image to a few numbers that say how it looks, not what it shows (MUNIT, DRIT)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.blocks import CONV, conv


class StyleEncoder(nn.Module):
    """Strided convolutions and a mean over places; not normalised, which would lose the style.

    Parameters
    ----------
    rank
        2 or 3.
    width
        Channels of the first layer.
    code
        Numbers of the style code.
    kernel
        Of the first layer.
    """

    def __init__(self, rank: int, width: int, code: int, kernel: int = 7):
        super().__init__()
        self.stem = conv(1, width, (kernel,) * rank)
        self.down = nn.ModuleList(
            CONV[rank](width * n, width * n * 2, 4, stride=2, padding=1) for n in (1, 2)
        )
        self.head = nn.Linear(width * 4, code)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` to ``B code``."""
        x = F.relu(self.stem(x))
        for layer in self.down:
            x = F.relu(layer(x))
        code: Tensor = self.head(torch.flatten(x, 2).mean(2))
        return code


class ContentCritic(nn.Module):
    """Content to the log-odds of a domain, patch by patch (DRIT, UFDN).

    Parameters
    ----------
    rank
        2 or 3.
    channels
        Of the content.
    width
        Channels of the hidden layers.
    """

    def __init__(self, rank: int, channels: int, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            CONV[rank](channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            CONV[rank](width, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            CONV[rank](width, 1, 1),
        )

    def forward(self, content: Tensor) -> Tensor:
        """Map ``B C (Z) Y X`` to logits, a quarter of its sides."""
        logits: Tensor = self.layers(content)
        return logits
