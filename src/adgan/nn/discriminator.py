"""The two-branch patch discriminator (paper 3.1, Table 8)."""

from torch import Tensor, nn
from torch.nn import functional as F

from adgan.nn.blocks import CONV


class Discriminator(nn.Module):
    """A shared body and one branch a domain, each patch judged real or fake.

    Parameters
    ----------
    rank
        2 or 3.
    width
        Channels of the first layer (64 in the paper).
    domains
        Branches.
    """

    def __init__(self, rank: int, width: int = 64, domains: int = 2):
        super().__init__()
        layer = CONV[rank]
        self.body = nn.ModuleList(
            [
                layer(1, width, 4, stride=2, padding=1),
                layer(width, width * 2, 4, stride=2, padding=1),
                layer(width * 2, width * 4, 4, stride=2, padding=1),
                layer(width * 4, width * 8, 4, padding=1),
            ]
        )
        # The branches are the output channels of one convolution.
        self.branches = layer(width * 8, domains, 4, padding=1)

    def forward(self, x: Tensor, domain: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` and labels ``B domains`` to logits, ``Y/8 - 2 X/8 - 2`` a sample."""
        x = F.leaky_relu(self.body[0](x), 0.2)
        for layer in self.body[1:]:
            x = layer(x)
            x = F.leaky_relu(F.group_norm(x, x.shape[1]), 0.2)
        return (self.branches(x) * domain.view(*domain.shape, *(1,) * (x.ndim - 2))).sum(1)
