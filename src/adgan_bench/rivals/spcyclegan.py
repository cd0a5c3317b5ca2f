"""SpCycleGAN: a CycleGAN that has to keep nuclei in their places.

Fu et al. 2018, CVPR Workshops, 2302-2310, arXiv:1801.07198. A third network H sees the image F(y)
made from a mask y and has to predict that mask::

    L = L_CycleGAN + 10 E (H(F(y)) - y)^2

The original works slice by slice; here the networks for volumes are 3D.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from adgan_bench.rivals.cyclegan import CycleGAN, Cycles, OneWay

SPATIAL_WEIGHT = 10.0
"""Weight of the spatial term."""


class SpCycleGAN(CycleGAN):
    """A CycleGAN with a third network that predicts the mask from the image made from it."""

    def networks(self) -> tuple[list[nn.Module], list[nn.Module]]:
        """Add the network that predicts the mask."""
        makers, discriminators = super().networks()
        self.again = OneWay(self.size)
        return [*makers, self.again], discriminators

    def maker_terms(self, cycles: Cycles, progress: float) -> dict[str, Tensor]:
        """Add the spatial term."""
        again = F.mse_loss(self.again(cycles.fake_images), cycles.masks)
        return super().maker_terms(cycles, progress) | {"spa": SPATIAL_WEIGHT * again}
