"""Convolutions of either rank and the residual block that the style passes through."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.adain import Norm, adain
from adgan.nn.grid import Level, Sides

Style = tuple[Tensor, Tensor]
CONV: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
CONV_TRANSPOSE: dict[int, Callable[..., nn.Module]] = {
    2: nn.ConvTranspose2d,
    3: nn.ConvTranspose3d,
}


def conv(channels_in: int, channels_out: int, kernel: Sides) -> nn.Module:
    """Return a convolution that keeps the size, its border padded by reflection."""
    padding = tuple(k // 2 for k in kernel)
    return CONV[len(kernel)](
        channels_in, channels_out, kernel, padding=padding, padding_mode="reflect"
    )


def down_sample(level: Level, channels_in: int, channels_out: int) -> nn.Module:
    """Return the strided convolution that leads from a level to the next coarser one."""
    kernel, padding = level.strided()
    return CONV[len(kernel)](
        channels_in, channels_out, kernel, stride=level.stride, padding=padding
    )


class ResidualBlock(nn.Module):
    """``x + f(x)``, `f` being two convolutions with AdaIN after each and ReLU between.

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
    """Return to a finer level and change the channels: Table 7's transposed convolution.

    With ``smooth`` the size is brought up by interpolation and a convolution follows, which
    leaves no checkerboard (Odena et al. 2016, doi:10.23915/distill.00003).
    """

    def __init__(self, level: Level, channels_in: int, channels_out: int, smooth: bool):
        super().__init__()
        rank, kernel = len(level.stride), level.kernel(3)
        self.mode = {2: "bilinear", 3: "trilinear"}[rank] if smooth else None
        self.scale = tuple(map(float, level.stride))
        if smooth:
            self.conv = conv(channels_in, channels_out, kernel)
            return
        # Where an axis is doubled the kernel is 3, whatever the level's own.
        kernel = tuple(3 if s == 2 else k for s, k in zip(level.stride, kernel, strict=True))
        self.conv = CONV_TRANSPOSE[rank](
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
