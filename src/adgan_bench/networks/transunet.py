"""TransUNet: a U-Net whose deepest features attend to each other.

Chen et al. 2021, arXiv:2102.04306. A convolutional stem halves the image, its features become
tokens with a learnt position, a stack of transformer layers lets each see all others, and a way up
with skips leads back. Slim here: as many halvings as the U-Net, few layers, and trained from
scratch, where the original starts from weights of natural images.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan_bench.networks.unet import UNet


class Tokens(nn.Module):
    """Features of every place attend to those of all others.

    Parameters
    ----------
    rank
        2 or 3.
    channels
        Of the features, a multiple of `heads`.
    side
        Places along each axis in training; positions are interpolated for other sizes.
    layers, heads
        Of the transformer.
    """

    def __init__(self, rank: int, channels: int, side: int, layers: int = 4, heads: int = 4):
        super().__init__()
        self.mode = {2: "bilinear", 3: "trilinear"}[rank]
        self.position = nn.Parameter(0.02 * torch.randn(1, channels, *(side,) * rank))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                channels, heads, 2 * channels, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B C (Z) Y X`` to the same shape."""
        position: Tensor = self.position
        if position.shape[2:] != x.shape[2:]:
            position = F.interpolate(position, x.shape[2:], mode=self.mode, align_corners=False)
        tokens = (x + position).flatten(2).transpose(1, 2)
        for layer in self.layers:
            tokens = layer(tokens)
        return self.norm(tokens).transpose(1, 2).reshape(x.shape)


class TransUNet(UNet):
    """A :class:`adgan_bench.networks.unet.UNet` with attention at its bottom.

    Parameters
    ----------
    rank, classes, width, depth
        As in the U-Net; ``width * 2**depth`` must be a multiple of 4.
    side
        Side of a training crop, in pixels.
    """

    def __init__(self, rank: int, classes: int, width: int, side: int, depth: int = 3):
        super().__init__(rank, classes, width, depth)
        self.bottom = Tokens(rank, width * 2**depth, side // 2**depth)
