"""Style encoder and content discriminator (MUNIT, DRIT, UFDN)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.blocks import CONV, conv


class StyleEncoder(nn.Module):
    """Maps an image to a style code: strided convolutions and a global mean.

    There is no normalisation, as that would remove the style.

    Parameters
    ----------
    ndim
        Number of axes, 2 or 3.
    width
        Channels of the first layer.
    code
        Length of the style code.
    kernel
        Kernel size of the first layer.
    """

    def __init__(self, ndim: int, width: int, code: int, kernel: int = 7):
        super().__init__()
        self.stem = conv(1, width, (kernel,) * ndim)
        self.down = nn.ModuleList(
            CONV[ndim](width * n, width * n * 2, 4, stride=2, padding=1) for n in (1, 2)
        )
        self.head = nn.Linear(width * 4, code)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` to ``B code``."""
        x = F.relu(self.stem(x))
        for layer in self.down:
            x = F.relu(layer(x))
        code: Tensor = self.head(torch.flatten(x, 2).mean(2))
        return code


class ContentDiscriminator(nn.Module):
    """Maps content to logits of its domain, per patch (DRIT, UFDN).

    Parameters
    ----------
    ndim
        Number of axes, 2 or 3.
    channels
        Channels of the content.
    width
        Channels of the hidden layers.
    """

    def __init__(self, ndim: int, channels: int, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            CONV[ndim](channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            CONV[ndim](width, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            CONV[ndim](width, 1, 1),
        )

    def forward(self, content: Tensor) -> Tensor:
        """Map ``B C (Z) Y X`` to logits with a quarter of the side lengths."""
        logits: Tensor = self.layers(content)
        return logits
