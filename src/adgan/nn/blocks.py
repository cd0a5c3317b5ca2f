"""Convolutions for images and volumes, and the residual block with AdaIN."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from adgan.nn.adain import Norm, adain
from adgan.nn.grid import Level, Sides

Style = tuple[Tensor, Tensor]
LARGE_MAP_VALUES = 2**23
"""Number of values from which a feature map counts as large (32 MiB)."""
CONV: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
CONV_TRANSPOSE: dict[int, Callable[..., nn.Module]] = {
    2: nn.ConvTranspose2d,
    3: nn.ConvTranspose3d,
}


def checkpointed(part: Callable[..., Tensor], x: Tensor, style: Style) -> Tensor:
    """Return ``part(x, scale, shift)``; large maps are recomputed backwards (gradient checkpoint).

    This takes a third of the memory and little time, as the last layer of a part is not run again.
    A part is best a normalisation and the convolution after it.
    """
    if x.numel() < LARGE_MAP_VALUES or not torch.is_grad_enabled():
        return part(x, *style)
    made: Tensor = checkpoint(part, x, *style, use_reentrant=False, preserve_rng_state=False)
    return made


def conv(channels_in: int, channels_out: int, kernel: Sides) -> nn.Module:
    """Return a convolution that keeps the size and pads the border by reflection."""
    padding = tuple(k // 2 for k in kernel)
    one: Callable[..., nn.Module] = OneChannel
    make = one if len(kernel) == 3 and channels_out == 1 else CONV[len(kernel)]
    return make(channels_in, channels_out, kernel, padding=padding, padding_mode="reflect")


class OneChannel(nn.Conv3d):
    """A 3D convolution to one channel, computed per plane of its kernel.

    Each plane of the kernel gives one channel, and the channels are added with an offset along Z.
    The result is the same, several times faster on CPUs, which process many channels at once.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B C Z Y X`` to ``B 1 Z Y X``."""
        padded = F.pad(x, self._reversed_padding_repeated_twice, "reflect")
        planes = self.weight[0].transpose(0, 1)[:, :, None]
        parts = F.conv3d(padded, planes)
        made = parts[:, :1, : x.shape[2]]
        for k in range(1, len(planes)):
            made = made + parts[:, k : k + 1, k : k + x.shape[2]]
        return made if self.bias is None else made + self.bias


def down_sample(level: Level, channels_in: int, channels_out: int) -> nn.Module:
    """Return the strided convolution from a level to the next coarser one."""
    kernel, padding = level.strided()
    return CONV[len(kernel)](
        channels_in, channels_out, kernel, stride=level.stride, padding=padding
    )


class ResidualBlock(nn.Module):
    """``x + f(x)``, where `f` is two convolutions, each with AdaIN, and a ReLU between them.

    Table 5 prints one convolution; the released experiments used two.
    """

    def __init__(self, level: Level, channels: int):
        super().__init__()
        self.first = conv(channels, channels, level.kernel(3))
        self.second = conv(channels, channels, level.kernel(3))

    def forward(self, x: Tensor, first: Style, second: Style, norm: Norm = adain) -> Tensor:
        """Map ``B C (Z) Y X`` to the same shape."""
        y = F.relu(norm(self.first(x), *first))
        return x + norm(self.second(y), *second)


class UpSample(nn.Module):
    """Up-sampling to a finer level by a transposed convolution (Table 7).

    With ``smooth`` it interpolates and then convolves, which avoids checkerboard artefacts (Odena
    et al. 2016, doi:10.23915/distill.00003).
    """

    def __init__(self, level: Level, channels_in: int, channels_out: int, smooth: bool):
        super().__init__()
        ndim, kernel = len(level.stride), level.kernel(3)
        self.mode = {2: "bilinear", 3: "trilinear"}[ndim] if smooth else None
        self.scale = tuple(map(float, level.stride))
        if smooth:
            self.conv = conv(channels_in, channels_out, kernel)
            return
        # The kernel is 3 along an axis that is doubled, whatever the kernel of the level.
        kernel = tuple(3 if s == 2 else k for s, k in zip(level.stride, kernel, strict=True))
        self.conv = CONV_TRANSPOSE[ndim](
            channels_in,
            channels_out,
            kernel,
            stride=level.stride,
            padding=tuple(k // 2 for k in kernel),
            output_padding=tuple(s - 1 for s in level.stride),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B C (Z) Y X`` to the size of the finer level."""
        if self.mode:
            x = F.interpolate(x, scale_factor=self.scale, mode=self.mode, align_corners=False)
        y: Tensor = self.conv(x)
        return y
