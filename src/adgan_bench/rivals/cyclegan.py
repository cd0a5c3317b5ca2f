"""CycleGAN: two generators, two discriminators, and cycle consistency.

Zhu, Park, Isola and Efros 2017, arXiv:1703.10593. With images x, masks y, G: x -> y, F: y -> x::

    L(G, F) = E (D_Y(G(x)) - 1)^2 + E (D_X(F(y)) - 1)^2
              + 10 (E |F(G(x)) - x| + E |G(F(y)) - y|)
    L(D_Y) = (E (D_Y(y) - 1)^2 + E D_Y(G(x))^2) / 2, and L(D_X) alike

The discriminators see past translations again, from a pool of 50. There is no identity term, as in
later experiments on nuclei (Boehland et al. 2019).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor, nn
from torch.nn import functional as F

from adgan.models.adgan import IMAGE
from adgan.models.losses import least_squares
from adgan.nn.adain import Norm, adain
from adgan_bench.rivals.base import Method, Size, constant, descend, values

CYCLE_WEIGHT = 10.0
"""Weight of the cycle term."""


class OneWay(nn.Module):
    """A generator from one domain to the other."""

    def __init__(self, size: Size):
        super().__init__()
        self.encoder = size.encoder()
        self.decoder = size.decoder()

    def forward(self, x: Tensor, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` to the same shape."""
        code = constant(x)
        y: Tensor = self.decoder(self.encoder(x, code, norm), code, norm)
        return y


@dataclass
class Cycles:
    """The batches of one step, each ``B 1 (Z) Y X``; ``fake_masks`` are translated images."""

    images: Tensor
    masks: Tensor
    fake_masks: Tensor
    fake_images: Tensor
    cycled_images: Tensor
    cycled_masks: Tensor


class CycleGAN(Method):
    """The method of this module.

    Parameters
    ----------
    size
        Size of the networks.
    """

    def __init__(self, size: Size):
        super().__init__(size)
        self.to_mask, self.to_image = OneWay(size), OneWay(size)
        self.mask_discriminator, self.image_discriminator = (
            size.discriminator(),
            size.discriminator(),
        )
        self.ready(*self.networks())

    def networks(self) -> tuple[list[nn.Module], list[nn.Module]]:
        """Return the networks that minimise the loss, and their adversaries."""
        return [self.to_mask, self.to_image], [self.mask_discriminator, self.image_discriminator]

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source` to the other one."""
        y: Tensor = (self.to_mask if source == IMAGE else self.to_image)(x, norm)
        return y

    def step(self, images: Tensor, masks: Tensor, step: int, progress: float) -> dict[str, float]:
        """Update the generators, then the discriminators."""
        fake_masks, fake_images = self.to_mask(images), self.to_image(masks)
        cycles = Cycles(
            images, masks, fake_masks, fake_images,
            self.to_image(fake_masks), self.to_mask(fake_images),
        )  # fmt: skip
        made = self.maker_terms(cycles, progress)
        descend(self.makers, sum(made.values(), images.new_zeros(())))

        rng = self.random(step)
        cycles.fake_masks = self.histories["masks"].exchange(rng, fake_masks.detach())
        cycles.fake_images = self.histories["images"].exchange(rng, fake_images.detach())
        judged = self.discriminator_terms(cycles, step, progress)
        descend(self.discriminators, sum(judged.values(), images.new_zeros(())))
        return values(made | judged)

    def maker_terms(self, cycles: Cycles, progress: float) -> dict[str, Tensor]:
        """Return the weighted terms that the generators minimise."""
        return {
            "adv": least_squares(judge(self.mask_discriminator, cycles.fake_masks), True)
            + least_squares(judge(self.image_discriminator, cycles.fake_images), True),
            "cyc": CYCLE_WEIGHT * F.l1_loss(cycles.cycled_images, cycles.images)
            + CYCLE_WEIGHT * F.l1_loss(cycles.cycled_masks, cycles.masks),
        }

    def discriminator_terms(self, cycles: Cycles, step: int, progress: float) -> dict[str, Tensor]:
        """Return the terms that the discriminators minimise; fakes are from the history."""
        return {
            "dis": opposed(partial(judge, self.mask_discriminator), cycles.masks, cycles.fake_masks)
            + opposed(partial(judge, self.image_discriminator), cycles.images, cycles.fake_images)
        }


def judge(discriminator: nn.Module, x: Tensor) -> Tensor:
    """Return the logits of a discriminator for one domain."""
    logits: Tensor = discriminator(x, constant(x))
    return logits


def opposed(discriminator: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """Return the loss of a discriminator, halved to slow it down relative to the generators."""
    return (
        least_squares(discriminator(real), True) + least_squares(discriminator(fake), False)
    ) / 2
