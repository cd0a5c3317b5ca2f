"""UFDN: a variational encoder with a domain-invariant code, and a decoder that gets the domain.

Liu, Liu, Yeh and Wang 2018, arXiv:1809.01361. A shared encoder E gives z ~ q(z | x), and a shared
decoder gives G(z, v) with the domain code v. There are two adversaries: D_v predicts the domain
from z; D_x distinguishes images from translations and predicts the domain of a picture::

    L = a |G(z, v) - x| + 1e-6 KL(q(z | x) | N(0, I))        a falls from 100 to 1
      + b BCE(D_v(z), inverted v)                            b rises from 0 to 1
      - D_x(G(z, other v)) + BCE(D_x's domain, other v)
    L(D_v) = BCE(D_v(z), v)
    L(D_x) = D_x(fake) - D_x(x) + 10 (|grad D_x| - 1)^2 + BCE(D_x's domain of x, v)

The code is spatial here, as nuclei must stay in their places; in the original it is a vector.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from adgan.models.adgan import IMAGE, MASK, labels_of
from adgan.models.losses import log_likelihood
from adgan.nn.adain import Norm, adain
from adgan.nn.blocks import CONV
from adgan_bench.networks.style import ContentDiscriminator
from adgan_bench.rivals.base import Method, Size, constant, descend, values
from adgan_bench.rivals.drit import divergence

KL_WEIGHT, PENALTY_WEIGHT = 1e-6, 10.0
"""Weights of the divergence and of the gradient penalty."""
FIRST_RECONSTRUCTION_WEIGHT, LAST_RECONSTRUCTION_WEIGHT = 100.0, 1.0
"""Weight of the reconstruction at the start, and from the middle of the training on."""
DOMAINS = (IMAGE, MASK)


class UFDN(Method):
    """The method of this module.

    Parameters
    ----------
    size
        Size of the networks.
    """

    def __init__(self, size: Size):
        super().__init__(size)
        channels = 4 * size.width
        self.encoder = size.encoder()
        self.spread = CONV[size.ndim](channels, channels, 1)
        self.decoder = size.decoder(code=2)
        # Branch 0 judges a picture, branch 1 gives the logit of the mask domain.
        self.discriminator = size.discriminator(domains=2)
        self.feature_discriminator = ContentDiscriminator(
            size.ndim, channels, 4 * size.discriminator_width
        )
        self.ready(
            [self.encoder, self.spread, self.decoder],
            [self.discriminator, self.feature_discriminator],
        )

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source` to the other one, by the mean of its code."""
        content = self.encoder(x, constant(x), norm)
        y: Tensor = self.decoder(content, labels_of(1 - source, x), norm)
        return y

    def step(self, images: Tensor, masks: Tensor, step: int, progress: float) -> dict[str, float]:
        """Update encoder and decoder, then both adversaries."""
        real, rng = (images, masks), self.random(step)
        rising = min(1.0, 2 * progress)
        first, last = FIRST_RECONSTRUCTION_WEIGHT, LAST_RECONSTRUCTION_WEIGHT
        keep = first ** (1 - rising) * last**rising
        terms = {n: images.new_zeros(()) for n in ("rec", "kl", "adv_v", "adv", "dom")}
        codes, fakes = [], []
        for d in DOMAINS:
            mean = self.encoder(real[d], constant(real[d]))
            spread = self.spread(mean)
            code = mean + (spread / 2).exp() * self.normal(rng, mean.shape, mean)
            same = self.decoder(code, labels_of(d, real[d]))
            fake = self.decoder(code, labels_of(1 - d, real[d]))
            codes.append(code.detach())
            fakes.append(fake.detach())
            terms["rec"] = terms["rec"] + keep * F.l1_loss(same, real[d])
            terms["kl"] = terms["kl"] + KL_WEIGHT * divergence(mean, spread)
            terms["adv_v"] = terms["adv_v"] + rising * log_likelihood(
                self.feature_discriminator(code), d != MASK
            )
            terms["adv"] = terms["adv"] - self._judge(fake).mean()
            terms["dom"] = terms["dom"] + log_likelihood(self._domain(fake), d != MASK)
        descend(self.makers, sum(terms.values(), images.new_zeros(())))

        discriminator = images.new_zeros(())
        for d in DOMAINS:
            x, fake = real[d], fakes[1 - d]
            discriminator = discriminator + self._judge(fake).mean() - self._judge(x).mean()
            discriminator = discriminator + PENALTY_WEIGHT * self._penalty(rng, x, fake)
            discriminator = discriminator + log_likelihood(self._domain(x), d == MASK)
            discriminator = discriminator + log_likelihood(
                self.feature_discriminator(codes[d]), d == MASK
            )
        descend(self.discriminators, discriminator)
        return values(terms | {"dis": discriminator})

    def _judge(self, x: Tensor) -> Tensor:
        return torch.as_tensor(self.discriminator(x, labels_of(0, x)))

    def _domain(self, x: Tensor) -> Tensor:
        return torch.as_tensor(self.discriminator(x, labels_of(1, x)))

    def _penalty(self, rng: np.random.Generator, real: Tensor, fake: Tensor) -> Tensor:
        """Return the gradient penalty between real and fake samples (Gulrajani 2017)."""
        shares = rng.random((len(real), *(1,) * (real.ndim - 1)), np.float32)
        share = torch.from_numpy(shares).to(real.device)
        between = (share * real + (1 - share) * fake).requires_grad_()
        slope = torch.autograd.grad(
            self._judge(between).mean((*range(1, real.ndim - 1),)).sum(), between, create_graph=True
        )[0]
        return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
