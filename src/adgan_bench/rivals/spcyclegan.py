"""SpCycleGAN: a CycleGAN that must keep nuclei where they were.

Fu et al. 2018, CVPR Workshops, 2302-2310, arXiv:1801.07198. A third network H looks at the image
F(y) made from a mask y and must draw that mask again, in its place::

    L = L_CycleGAN + 10 E (H(F(y)) - y)^2

The original renders slice by slice; here all networks have the rank of the data.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from adgan_bench.rivals.cyclegan import CycleGAN, Cycles, OneWay

SPATIAL = 10.0
"""Weight of the spatial term."""


class SpCycleGAN(CycleGAN):
    """A CycleGAN with a third network that finds the mask again."""

    def networks(self) -> tuple[list[nn.Module], list[nn.Module]]:
        """Add the network that finds the mask again."""
        makers, critics = super().networks()
        self.again = OneWay(self.size)
        return [*makers, self.again], critics

    def maker_terms(self, cycles: Cycles, progress: float) -> dict[str, Tensor]:
        """Add the spatial term."""
        again = F.mse_loss(self.again(cycles.fake_images), cycles.masks)
        return super().maker_terms(cycles, progress) | {"spa": SPATIAL * again}
