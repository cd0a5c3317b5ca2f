"""A small U-Net, for rivals that learn from pairs of image and labels.

Ronneberger, Fischer and Brox 2015, arXiv:1505.04597, with three changes that are common today:
padded convolutions, instance normalisation, and up-sampling by interpolation.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.blocks import CONV, UpSample, conv
from adgan.nn.grid import plan_levels

NORM: dict[int, type[nn.Module]] = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


def _double(ndim: int, channels_in: int, channels_out: int) -> nn.Sequential:
    """Return two convolutions, each with instance normalisation and a ReLU."""
    layers: list[nn.Module] = []
    for channels in (channels_in, channels_out):
        layers += [conv(channels, channels_out, (3,) * ndim), NORM[ndim](channels_out, affine=True)]
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Maps an image to logits of classes.

    Parameters
    ----------
    ndim
        Number of axes, 2 or 3.
    classes
        Number of classes, the output channels.
    width
        Channels at full size (64 in the paper), doubled at every halving.
    depth
        Number of halvings (4 in the paper).
    """

    def __init__(self, ndim: int, classes: int, width: int = 64, depth: int = 3):
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        steps = list(zip(widths[:-1], widths[1:], strict=True))
        self.first = _double(ndim, 1, width)
        self.shrink = nn.ModuleList(CONV[ndim](n, n, 2, stride=2) for n in widths[:-1])
        self.down = nn.ModuleList(_double(ndim, n, m) for n, m in steps)
        self.bottom: nn.Module = nn.Identity()
        level = plan_levels((1.0,) * ndim, depth)[0]
        self.rise = nn.ModuleList(UpSample(level, m, n, smooth=True) for n, m in reversed(steps))
        self.up = nn.ModuleList(_double(ndim, 2 * n, n) for n, _ in reversed(steps))
        self.head = CONV[ndim](width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` to ``B classes (Z) Y X``; sides are multiples of ``2**depth``."""
        skips = [self.first(x)]
        for shrink, down in zip(self.shrink, self.down, strict=True):
            skips.append(down(shrink(skips[-1])))
        y = self.bottom(skips.pop())
        for rise, up in zip(self.rise, self.up, strict=True):
            y = up(torch.cat([skips.pop(), F.relu(rise(y))], dim=1))
        logits: Tensor = self.head(y)
        return logits
