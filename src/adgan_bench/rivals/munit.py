"""MUNIT: content shared between the domains, and styles that are drawn at random.

Huang, Liu, Belongie and Kautz 2018, arXiv:1804.04732. Each domain d has a content encoder C_d, a
style encoder S_d (8 numbers) and a decoder G_d whose AdaIN takes the style. With c_d = C_d(x_d),
s_d = S_d(x_d), a drawn style z_d ~ N(0, I) and the translation u_d = G_d(c_other, z_d)::

    L = sum_d  10 |G_d(c_d, s_d) - x_d|            image reconstruction
             +  1 |C_d(u_d) - c_other|             content reconstruction
             +  1 |S_d(u_d) - z_d|                 style reconstruction
             +    (D_d(u_d) - 1)^2                 least squares, at several scales
    L(D_d) = (D_d(x_d) - 1)^2 + D_d(u_d)^2

Translation needs a style of the wanted domain: the running mean of the styles of its training
samples. (With z = 0 or a drawn z, masks have several gray values. On the simulated sample, DICE is
.773 with 0, .959 with a drawn style, and .965 with the mean.)
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.models.adgan import IMAGE, MASK
from adgan.models.losses import least_squares
from adgan.nn.adain import Norm, adain
from adgan_bench.networks.style import StyleEncoder
from adgan_bench.rivals.base import Method, Size, constant, descend, values
from adgan_bench.rivals.cyclegan import judge

STYLE = 8
"""Length of a style code."""
RECONSTRUCTION_WEIGHT = 10.0
"""Weight of the reconstruction of images."""
SCALE_COUNT = 3
"""Number of scales of the discriminators, each half of the one before."""
SIDE_MINIMUM_PIXELS = 32
"""Smallest side that a discriminator can process; small crops are too small for the third scale."""
MEMORY = 0.05
"""Weight of a step in the running mean of styles."""
DOMAINS = (IMAGE, MASK)


class ScaledDiscriminator(nn.Module):
    """Discriminators of one domain, each at half the scale of the one before."""

    def __init__(self, size: Size):
        super().__init__()
        self.scales = nn.ModuleList(size.discriminator() for _ in range(SCALE_COUNT))

    def forward(self, x: Tensor, real: bool) -> Tensor:
        """Return the sum of the least-squares losses of all scales."""
        pool = {4: F.avg_pool2d, 5: F.avg_pool3d}[x.ndim]
        total = x.new_zeros(())
        for discriminator in self.scales:
            if min(x.shape[2:]) < SIDE_MINIMUM_PIXELS:
                break
            total = total + least_squares(judge(discriminator, x), real)
            x = pool(x, 3, stride=2, padding=1, count_include_pad=False)
        return total


class MUNIT(Method):
    """The method of this module.

    Parameters
    ----------
    size
        Size of the networks.
    """

    usual: Tensor

    def __init__(self, size: Size):
        super().__init__(size)
        self.contents = nn.ModuleList(size.encoder() for _ in DOMAINS)
        self.styles = nn.ModuleList(
            StyleEncoder(size.ndim, size.width, STYLE, size.kernel) for _ in DOMAINS
        )
        self.decoders = nn.ModuleList(size.decoder(code=STYLE) for _ in DOMAINS)
        self.discriminators_of = nn.ModuleList(ScaledDiscriminator(size) for _ in DOMAINS)
        self.register_buffer("usual", torch.zeros(len(DOMAINS), STYLE))
        self.ready([self.contents, self.styles, self.decoders], [self.discriminators_of])

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source` to the other one, with its mean style."""
        content = self.contents[source](x, constant(x), norm)
        style = self.usual[1 - source].expand(len(x), STYLE)
        y: Tensor = self.decoders[1 - source](content, style, norm)
        return y

    def step(self, images: Tensor, masks: Tensor, step: int, progress: float) -> dict[str, float]:
        """Update encoders and decoders, then the discriminators."""
        real, rng = (images, masks), self.random(step)
        contents = [self.contents[d](real[d], constant(real[d])) for d in DOMAINS]
        drawn = [self.normal(rng, (len(images), STYLE), images) for _ in DOMAINS]
        fakes = [self.decoders[d](contents[1 - d], drawn[d]) for d in DOMAINS]
        terms = {name: images.new_zeros(()) for name in ("rec", "ctr", "sty", "adv")}
        for d in DOMAINS:
            style = self.styles[d](real[d])
            self.usual[d].lerp_(style.detach().mean(0), MEMORY)
            same = self.decoders[d](contents[d], style)
            content_again = self.contents[d](fakes[d], constant(fakes[d]))
            terms["rec"] = terms["rec"] + RECONSTRUCTION_WEIGHT * F.l1_loss(same, real[d])
            terms["ctr"] = terms["ctr"] + F.l1_loss(content_again, contents[1 - d])
            terms["sty"] = terms["sty"] + F.l1_loss(self.styles[d](fakes[d]), drawn[d])
            terms["adv"] = terms["adv"] + self.discriminators_of[d](fakes[d], True)
        descend(self.makers, sum(terms.values(), images.new_zeros(())))

        discriminator = images.new_zeros(())
        for d in DOMAINS:
            discriminator = discriminator + self.discriminators_of[d](real[d], True)
            discriminator = discriminator + self.discriminators_of[d](fakes[d].detach(), False)
        descend(self.discriminators, discriminator)
        return values(terms | {"dis": discriminator})
