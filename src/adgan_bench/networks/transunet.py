"""TransUNet: a U-Net with self-attention at its deepest level.

Chen et al. 2021, arXiv:2102.04306. The deepest features of a convolutional encoder become tokens
with a learnt position, transformer layers let each token attend to all others, and a decoder with
skip connections leads back. This one is small: it has as many halvings as the U-Net and few layers,
and it is trained from scratch, whereas the original starts from weights of natural images.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan_bench.networks.unet import UNet


class Tokens(nn.Module):
    """Self-attention between the features of all positions.

    Parameters
    ----------
    ndim
        Number of axes, 2 or 3.
    channels
        Channels of the features, a multiple of `heads`.
    side
        Side of the feature map in training; position codes are interpolated for other sizes.
    layers, heads
        Number of layers, and of heads, of the transformer.
    """

    def __init__(self, ndim: int, channels: int, side: int, layers: int = 4, heads: int = 4):
        super().__init__()
        self.mode = {2: "bilinear", 3: "trilinear"}[ndim]
        self.position = nn.Parameter(0.02 * torch.randn(1, channels, *(side,) * ndim))
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
    """A :class:`adgan_bench.networks.unet.UNet` with attention at its deepest level.

    Parameters
    ----------
    ndim, classes, width, depth
        See the U-Net; ``width * 2**depth`` must be a multiple of 4.
    side
        Side of a training crop, in pixels.
    """

    def __init__(self, ndim: int, classes: int, width: int, side: int, depth: int = 3):
        super().__init__(ndim, classes, width, depth)
        self.bottom = Tokens(ndim, width * 2**depth, side // 2**depth)
