"""UDCT: a CycleGAN whose translations must also have the right histogram.

Ihle et al. 2019, Nature Machine Intelligence 1, 461-470, doi:10.1038/s42256-019-0096-2. Each domain
gets a further discriminator H, in addition to those of :mod:`adgan_bench.rivals.cyclegan`. It sees
only the intensities of the batch, sorted and averaged into 64 bins of equally many pixels::

    h(x) = bin means of sort(x);   L_his = E (H(h(fake)) - 1)^2
    L(H) = (E (H(h(real)) - 1)^2 + E H(h(fake))^2) / 2

H is a perceptron, 64-64-1. The inputs of the patch discriminators get noise, so that they cannot
win by exact gray values, which only masks have; the noise fades out over the training.
"""

from torch import Tensor, nn

from adgan.models.losses import least_squares
from adgan_bench.rivals.cyclegan import CycleGAN, Cycles, opposed

BINS = 64
NOISE_SIGMA = 0.3
"""Standard deviation of the noise at the start of the training."""


def histogram(x: Tensor) -> Tensor:
    """Return the sorted intensities of a batch, averaged into ``1 BINS``, with gradients."""
    ordered = x.flatten().sort().values
    usable = len(ordered) // BINS * BINS
    return ordered[:usable].view(BINS, -1).mean(1)[None]


class HistogramDiscriminator(nn.Sequential):
    """A perceptron that judges a histogram."""

    def __init__(self) -> None:
        super().__init__(
            nn.Linear(BINS, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2),
            nn.Linear(64, 1),
        )  # fmt: skip


class UDCT(CycleGAN):
    """A CycleGAN with a discriminator of histograms in each domain."""

    def networks(self) -> tuple[list[nn.Module], list[nn.Module]]:
        """Add the two histogram discriminators."""
        makers, discriminators = super().networks()
        self.mask_histogram, self.image_histogram = (
            HistogramDiscriminator(),
            HistogramDiscriminator(),
        )
        return makers, [*discriminators, self.mask_histogram, self.image_histogram]

    def maker_terms(self, cycles: Cycles, progress: float) -> dict[str, Tensor]:
        """Add the losses from the histogram discriminators."""
        masks = self.mask_histogram(histogram(cycles.fake_masks))
        images = self.image_histogram(histogram(cycles.fake_images))
        judged = least_squares(masks, True) + least_squares(images, True)
        return super().maker_terms(cycles, progress) | {"his": judged}

    def discriminator_terms(self, cycles: Cycles, step: int, progress: float) -> dict[str, Tensor]:
        """Add the losses of the histogram discriminators; the others see fading noise."""
        images, masks = cycles.images, cycles.masks
        judged = {
            "dis_his": opposed(
                lambda x: self.mask_histogram(histogram(x)), masks, cycles.fake_masks
            )
            + opposed(lambda x: self.image_histogram(histogram(x)), images, cycles.fake_images)
        }
        rng = self.random(step, "noise")
        fading = NOISE_SIGMA * (1 - progress)
        for name in ("images", "masks", "fake_images", "fake_masks"):
            x = getattr(cycles, name)
            setattr(cycles, name, x + fading * self.normal(rng, x.shape, x))
        return super().discriminator_terms(cycles, step, progress) | judged
