"""DRIT: content shared between the domains, enforced by a discriminator, and separate attributes.

Lee et al. 2018, arXiv:1808.00948. There are content encoders C_d whose last block both domains
share, attribute encoders A_d (8 numbers, as mean and variance of a Gaussian), and decoders G_d.
With c_d and a_d of the real x_d, the exchange u_d = G_d(c_other, a_d) and a drawn attribute z::

    L = (D_d(u_d) - 1)^2 + (D_d(G_d(c_other, z)) - 1)^2      least squares
      + BCE(D_c(c_d), 1/2)                                    content independent of the domain
      + 10 |G_d(c_d, a_d) - x_d|                              reconstruction
      + 10 |G_d(C_other(u_other), A_d(u_d)) - x_d|            cycle: exchanged twice
      + .01 KL(A_d(x_d) | N(0, I)) + 10 |A_d(G_d(c_other, z)) - z|

and L(D_c) = BCE(D_c(c_d), d), all summed over both domains. Translation uses the running mean of
A_d's means as attributes, as in :mod:`adgan_bench.rivals.munit`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.models.adgan import IMAGE, MASK
from adgan.models.losses import least_squares, log_likelihood
from adgan.nn.adain import Norm, StyleMLP, adain
from adgan.nn.blocks import ResidualBlock
from adgan.nn.grid import plan_levels
from adgan_bench.networks.style import ContentDiscriminator, StyleEncoder
from adgan_bench.rivals.base import Method, Size, constant, descend, values
from adgan_bench.rivals.cyclegan import judge
from adgan_bench.rivals.munit import MEMORY

ATTRIBUTES = 8
"""Length of an attribute code."""
SELF_WEIGHT, CROSS_WEIGHT, KL_WEIGHT, LATENT_WEIGHT = 10.0, 10.0, 0.01, 10.0
"""Weights of the loss terms: reconstruction, cycle, divergence, and attribute reconstruction."""
DOMAINS = (IMAGE, MASK)


class SharedEncoder(nn.Module):
    """Content encoders of both domains, which share their last residual block."""

    def __init__(self, size: Size):
        super().__init__()
        channels = 4 * size.width
        self.own = nn.ModuleList(size.encoder(blocks=size.blocks - 1) for _ in DOMAINS)
        self.last = ResidualBlock(plan_levels(size.spacing, 0)[0], channels)
        self.style = StyleMLP([channels, channels], code=1)

    def forward(self, x: Tensor, domain: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of a domain to content."""
        code = constant(x)
        y: Tensor = self.last(self.own[domain](x, code, norm), *self.style(code), norm)
        return y


class DRIT(Method):
    """The method of this module.

    Parameters
    ----------
    size
        Size of the networks, with at least one residual block.
    """

    usual: Tensor

    def __init__(self, size: Size):
        super().__init__(size)
        self.encoder = SharedEncoder(size)
        self.attributes = nn.ModuleList(
            StyleEncoder(size.ndim, size.width, 2 * ATTRIBUTES, size.kernel) for _ in DOMAINS
        )
        self.decoders = nn.ModuleList(size.decoder(code=ATTRIBUTES) for _ in DOMAINS)
        self.domain_discriminators = nn.ModuleList(size.discriminator() for _ in DOMAINS)
        self.content_discriminator = ContentDiscriminator(
            size.ndim, 4 * size.width, 4 * size.discriminator_width
        )
        self.register_buffer("usual", torch.zeros(len(DOMAINS), ATTRIBUTES))
        self.ready(
            [self.encoder, self.attributes, self.decoders],
            [self.domain_discriminators, self.content_discriminator],
        )

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source` to the other one, with mean attributes."""
        attributes = self.usual[1 - source].expand(len(x), ATTRIBUTES)
        y: Tensor = self.decoders[1 - source](self.encoder(x, source, norm), attributes, norm)
        return y

    def step(self, images: Tensor, masks: Tensor, step: int, progress: float) -> dict[str, float]:
        """Update encoders and decoders, then the discriminators."""
        real, rng = (images, masks), self.random(step)
        contents = [self.encoder(real[d], d) for d in DOMAINS]
        gaussians = [self.attributes[d](real[d]).chunk(2, dim=1) for d in DOMAINS]
        codes = [
            mean + (spread / 2).exp() * self.normal(rng, mean.shape, mean)
            for mean, spread in gaussians
        ]
        drawn = self.normal(rng, (len(images), ATTRIBUTES), images)
        swapped = [self.decoders[d](contents[1 - d], codes[d]) for d in DOMAINS]
        random = [self.decoders[d](contents[1 - d], drawn) for d in DOMAINS]
        # u_d has the style of domain d and the content of the other domain.
        back = [self.encoder(swapped[d], d) for d in DOMAINS]
        terms = {n: images.new_zeros(()) for n in ("adv", "adv_c", "rec", "cyc", "kl", "lat")}
        for d in DOMAINS:
            self.usual[d].lerp_(gaussians[d][0].detach().mean(0), MEMORY)
            itself = self.decoders[d](contents[d], codes[d])
            code_back = self.attributes[d](swapped[d]).chunk(2, dim=1)[0]
            twice = self.decoders[d](back[1 - d], code_back)
            found = self.attributes[d](random[d]).chunk(2, dim=1)[0]
            told = self.content_discriminator(contents[d])
            for fake in (swapped[d], random[d]):
                terms["adv"] = terms["adv"] + least_squares(
                    judge(self.domain_discriminators[d], fake), True
                )
            half = torch.full_like(told, 0.5)
            terms["adv_c"] = terms["adv_c"] + F.binary_cross_entropy_with_logits(told, half)
            terms["rec"] = terms["rec"] + SELF_WEIGHT * F.l1_loss(itself, real[d])
            terms["cyc"] = terms["cyc"] + CROSS_WEIGHT * F.l1_loss(twice, real[d])
            terms["kl"] = terms["kl"] + KL_WEIGHT * divergence(*gaussians[d])
            terms["lat"] = terms["lat"] + LATENT_WEIGHT * F.l1_loss(found, drawn)
        descend(self.makers, sum(terms.values(), images.new_zeros(())))

        discriminator = images.new_zeros(())
        for d in DOMAINS:
            discriminator = discriminator + 2 * least_squares(
                judge(self.domain_discriminators[d], real[d]), True
            )
            for fake in (swapped[d], random[d]):
                judged = judge(self.domain_discriminators[d], fake.detach())
                discriminator = discriminator + least_squares(judged, False)
            told = self.content_discriminator(contents[d].detach())
            discriminator = discriminator + log_likelihood(told, d == MASK)
        descend(self.discriminators, discriminator)
        return values(terms | {"dis": discriminator})


def divergence(mean: Tensor, spread: Tensor) -> Tensor:
    """Return KL(N(mean, exp(spread)) | N(0, I)), averaged over all elements."""
    return ((mean**2 + spread.exp() - spread - 1) / 2).mean()
