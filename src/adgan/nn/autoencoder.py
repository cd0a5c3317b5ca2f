"""The unified generator: one encoder and one decoder for both domains (Tables 5 and 7).

Both take the domain as an argument: an image is encoded with the label of its own domain and
decoded with the label of the wanted one.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.adain import Norm, StyleMLP, adain
from adgan.nn.blocks import ResidualBlock, UpSample, checkpointed, conv, down_sample
from adgan.nn.grid import GENERATOR_HALVINGS, plan_levels, total_stride


class Encoder(nn.Module):
    """Maps an image or mask to content: a wide stem, two down-samplings, residual blocks.

    Parameters
    ----------
    spacing
        Relative voxel size along each axis, see :mod:`adgan.nn.grid`; two numbers for images,
        three for volumes.
    width
        Channels of the stem (64 in the paper); the content has four times as many.
    blocks
        Number of residual blocks (4 in the paper).
    kernel
        Kernel size of the stem (7 in the paper).
    styled
        Use the domain label (ablated in Table 3); if False, each layer is plain instance
        normalisation.
    code
        Length of the style code; a domain label has 2.
    """

    def __init__(
        self,
        spacing: Sequence[float],
        width: int = 64,
        blocks: int = 4,
        kernel: int = 7,
        styled: bool = True,
        code: int = 2,
    ):
        super().__init__()
        self.styled = styled
        fine, middle, coarse = levels = plan_levels(spacing, GENERATOR_HALVINGS)
        self.stride = total_stride(levels)
        self.stem = conv(1, width, fine.kernel(kernel))
        self.down = nn.ModuleList(
            [down_sample(fine, width, width * 2), down_sample(middle, width * 2, width * 4)]
        )
        self.blocks = nn.ModuleList(ResidualBlock(coarse, width * 4) for _ in range(blocks))
        self.style = StyleMLP([width, width * 2, width * 4] + [width * 4] * (2 * blocks), code=code)
        self.style.requires_grad_(styled)  # else DDP waits for gradients that never come

    def forward(self, x: Tensor, domain: Tensor, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` and labels ``B 2`` to content ``B 4*width (Z/4) Y/4 X/4``.

        Sides must be multiples of `stride`, which is 4, or less along an axis with long voxels.
        """
        style = self.style(domain)
        if not self.styled:
            style = [(torch.zeros_like(a), torch.zeros_like(b)) for a, b in style]
        x = self.stem(x)
        for layer, down in enumerate(self.down):
            x = checkpointed(_then(down, norm), x, style[layer])
        x = F.relu(norm(x, *style[2]))
        for k, block in enumerate(self.blocks):
            x = block(x, style[3 + 2 * k], style[4 + 2 * k], norm)
        return x


class Decoder(nn.Module):
    """Maps content to an image or mask: residual blocks, two up-samplings, tanh.

    Table 7 prints a ReLU before the tanh. It is left out, as the output could then never be
    background.

    Parameters
    ----------
    spacing, width, blocks, kernel
        See :class:`Encoder`; `kernel` is the kernel size of the last layer.
    smooth
        Up-sample by interpolation, see :class:`adgan.nn.blocks.UpSample`.
    code
        Length of the style code; a domain label has 2.
    """

    def __init__(
        self,
        spacing: Sequence[float],
        width: int = 64,
        blocks: int = 4,
        kernel: int = 7,
        smooth: bool = False,
        code: int = 2,
    ):
        super().__init__()
        fine, middle, coarse = plan_levels(spacing, GENERATOR_HALVINGS)
        self.blocks = nn.ModuleList(ResidualBlock(coarse, width * 4) for _ in range(blocks))
        self.up = nn.ModuleList(
            [
                UpSample(middle, width * 4, width * 2, smooth),
                UpSample(fine, width * 2, width, smooth),
            ]
        )
        self.head = conv(width, 1, fine.kernel(kernel))
        self.style = StyleMLP([width * 4] * (2 * blocks) + [width * 2, width], code=code)

    def forward(self, content: Tensor, domain: Tensor, norm: Norm = adain) -> Tensor:
        """Map content and the labels ``B 2`` of the wanted domain to ``B 1 (Z) Y X``."""
        style = self.style(domain)
        x = content
        for k, block in enumerate(self.blocks):
            x = block(x, style[2 * k], style[2 * k + 1], norm)
        x = self.up[0](x)
        for k, layer in enumerate((*self.up[1:], self.head), start=2 * len(self.blocks)):
            x = checkpointed(_then(layer, norm), x, style[k])
        return torch.tanh(x)


def _then(layer: nn.Module, norm: Norm) -> Callable[..., Tensor]:
    """Return a function that applies the normalisation, a ReLU, and then the layer."""

    def part(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        y: Tensor = layer(F.relu(norm(x, scale, shift)))
        return y

    return part
