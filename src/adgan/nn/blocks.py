"""Convolutions of either rank and the residual block that the style passes through."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.adain import Norm, adain

Style = tuple[Tensor, Tensor]
CONV: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
CONV_TRANSPOSE: dict[int, Callable[..., nn.Module]] = {
    2: nn.ConvTranspose2d,
    3: nn.ConvTranspose3d,
}


def conv(rank: int, channels_in: int, channels_out: int, kernel: int) -> nn.Module:
    """Return a convolution that keeps the size, its border padded by reflection."""
    return CONV[rank](
        channels_in, channels_out, kernel, padding=kernel // 2, padding_mode="reflect"
    )


class ResidualBlock(nn.Module):
    """``x + f(x)``, `f` being two convolutions with AdaIN after each and ReLU between.

    Table 5 prints one convolution; the released experiments used two.
    """

    def __init__(self, rank: int, channels: int):
        super().__init__()
        self.first = conv(rank, channels, channels, 3)
        self.second = conv(rank, channels, channels, 3)

    def forward(self, x: Tensor, first: Style, second: Style, norm: Norm = adain) -> Tensor:
        """Map ``B C (Z) Y X`` to the same shape."""
        y = F.relu(norm(self.first(x), *first))
        return x + norm(self.second(y), *second)


class UpSample(nn.Module):
    """Double the size and change the channels: the transposed convolution of Table 7.

    With ``smooth`` the size is doubled by interpolation and a convolution follows, which
    leaves no checkerboard (Odena et al. 2016, doi:10.23915/distill.00003).
    """

    def __init__(self, rank: int, channels_in: int, channels_out: int, smooth: bool):
        super().__init__()
        self.mode = {2: "bilinear", 3: "trilinear"}[rank] if smooth else None
        self.conv = (
            conv(rank, channels_in, channels_out, 3)
            if smooth
            else CONV_TRANSPOSE[rank](
                channels_in, channels_out, 3, stride=2, padding=1, output_padding=1
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B C (Z) Y X`` to twice its size."""
        if self.mode:
            x = F.interpolate(x, scale_factor=2.0, mode=self.mode, align_corners=False)
        y: Tensor = self.conv(x)
        return y
