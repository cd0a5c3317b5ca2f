"""The two-branch patch discriminator (paper 3.1, Table 8)."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.blocks import CONV, down_sample
from adgan.nn.grid import Level, plan_levels


class Discriminator(nn.Module):
    """A shared body with one branch per domain; each patch is judged real or fake.

    Parameters
    ----------
    spacing
        Relative voxel size along each axis, see :mod:`adgan.nn.grid`.
    width
        Channels of the first layer (64 in the paper).
    domains
        Number of domains, and of branches.
    halvings
        Number of down-samplings (3 in the paper); fewer suit small crops.
    """

    def __init__(
        self,
        spacing: Sequence[float],
        width: int = 64,
        domains: int = 2,
        halvings: int = 3,
    ):
        super().__init__()
        *fine, coarse = plan_levels(spacing, halvings)
        widths = [1, *(width * 2**k for k in range(halvings + 1))]
        self.body = nn.ModuleList(
            down_sample(level, before, after)
            for level, before, after in zip(fine, widths, widths[1:], strict=False)
        )
        self.body.append(_patches(coarse, widths[-2], widths[-1]))
        # The branches are the output channels of one convolution.
        self.branches = _patches(coarse, widths[-1], domains)

    def forward(self, x: Tensor, domain: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` and labels ``B domains`` to logits, each side ``n/8 - 2``."""
        x = F.leaky_relu(self.body[0](x), 0.2)
        for layer in self.body[1:]:
            x = layer(x)
            x = F.leaky_relu(F.group_norm(x, x.shape[1]), 0.2)
        return (self.branches(x) * domain.view(*domain.shape, *(1,) * (x.ndim - 2))).sum(1)


def _patches(level: Level, channels_in: int, channels_out: int) -> nn.Module:
    """Return the paper's convolution of stride 1 and kernel 4, which shortens each side by 1."""
    kernel, padding = level.strided()
    return CONV[len(kernel)](channels_in, channels_out, kernel, padding=padding)
