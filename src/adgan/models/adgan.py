"""AD-GAN: aligned disentangling of content and style (paper sections 3.1 to 3.4).

Domain 0 is the microscope images, domain 1 the simulated masks. Both pass through the networks in
one batch, each sample with its own domain label.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from adgan.models.losses import ADVERSARIAL, dimness
from adgan.nn.adain import Norm, adain
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.recipe.groups import LossSettings

IMAGE, MASK = 0, 1


def labels_of(domain: int, like: Tensor) -> Tensor:
    """Return one-hot domain labels ``(B, 2)`` for the batch `like`."""
    label = like.new_zeros(len(like), 2)
    label[:, domain] = 1
    return label


@dataclass
class Passes:
    """Everything that one step of the generator computes, images and masks in one batch.

    Attributes
    ----------
    x
        Images, then masks, ``B 1 (Z) Y X`` in [-1, 1].
    domain
        One-hot labels of ``x``, ``(B, 2)``.
    reconstructed, fake, cycled
        ``x`` decoded in its own domain, in the other one, and translated back; of the shape of
        ``x``.
    content, content_again
        Content of ``x`` and of ``fake``, ``B C (Z/4) Y/4 X/4``.
    """

    x: Tensor
    domain: Tensor
    reconstructed: Tensor
    fake: Tensor
    cycled: Tensor
    content: Tensor
    content_again: Tensor

    def panel(self) -> np.ndarray:
        """Return a picture of the step, uint8 RGB, one column per sample.

        Rows from the top: input, reconstruction, translation, and cycle. Images are on the left,
        masks on the right. Volumes show their middle plane.
        """
        rows = [self.x, self.reconstructed, self.fake, self.cycled]
        stack = torch.stack(rows).detach().float().cpu()[:, :, 0].numpy()
        if stack.ndim == 5:
            stack = stack[:, :, stack.shape[2] // 2]
        framed = np.pad(stack, [(0, 0), (0, 0), (1, 1), (1, 1)], constant_values=1.0)
        rows_of, columns, high, wide = framed.shape
        sheet = framed.transpose(0, 2, 1, 3).reshape(rows_of * high, columns * wide)
        gray = np.nan_to_num(np.clip((sheet + 1) * 127.5, 0, 255)).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=-1)


class Generator(nn.Module):
    """Encoder and decoder, and the passes that a training step needs.

    Parameters
    ----------
    encoder, decoder
        See :mod:`adgan.nn.autoencoder`.
    aligned
        Aligned disentangling training (3.2): translations and cycles go through the decoder with
        frozen parameters, so that it learns only from reconstructions.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder, aligned: bool = True):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.aligned = aligned

    def forward(self, x: Tensor, domain: Tensor, noise: Tensor | None = None) -> Passes:
        """Reconstruct, translate and cycle a mixed batch.

        Parameters
        ----------
        x
            ``B 1 (Z) Y X`` in [-1, 1].
        domain
            One-hot labels ``B 2``.
        noise
            Noise added to the translations before they are encoded again. It prevents the cycle
            from hiding information in them (Chu et al. 2017, arXiv:1712.02950).
        """
        decode = self._frozen_decoder() if self.aligned else self.decoder
        other = 1 - domain
        content = self.encoder(x, domain)
        reconstructed = self.decoder(content, domain)
        fake = decode(content, other)
        seen = fake if noise is None else fake + noise
        content_again = self.encoder(seen, other)
        cycled = decode(content_again, domain)
        return Passes(x, domain, reconstructed, fake, cycled, content, content_again)

    @property
    def width(self) -> int:
        """Channels of the first feature map."""
        return len(next(self.encoder.stem.parameters()))

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map a batch ``B 1 (Z) Y X`` of domain `source` to the other domain."""
        content = self.encoder(x, labels_of(source, x), norm)
        result: Tensor = self.decoder(content, labels_of(1 - source, x), norm)
        return result

    def _frozen_decoder(self) -> Callable[[Tensor, Tensor], Tensor]:
        """Return the decoder with constant parameters: gradients flow through it, not into it."""
        parameters = {name: p.detach() for name, p in self.decoder.named_parameters()}
        return lambda content, domain: functional_call(self.decoder, parameters, (content, domain))


def generator_losses(
    passes: Passes,
    discriminator: nn.Module,
    loss: LossSettings,
    whole: Callable[[Tensor], Tensor] = lambda part: part,
) -> dict[str, Tensor]:
    """Return the unweighted terms of section 3.4 that the generator minimises.

    ``rec`` (Eq. 1), ``adv`` (Eq. 2, translations only), ``ctr`` (Eq. 3) and ``cyc`` (Eq. 4) are
    means over images and masks, doubled to equal the paper's sums over both domains. ``dim`` is the
    :func:`adgan.models.losses.dimness` of both translations. As that of a batch is not a mean over
    its samples, `whole` gathers the samples of all processes.
    """
    half = len(passes.x) // 2
    parts = zip(passes.fake.split(half), passes.x.split(half), strict=True)
    dims = (dimness(whole(fake), whole(x), loss.bright_correlation) for fake, x in parts)
    logits = discriminator(passes.fake, 1 - passes.domain)
    return {
        "rec": 2 * F.l1_loss(passes.reconstructed, passes.x),
        "adv": 2 * ADVERSARIAL[loss.adversarial](logits, True),
        "ctr": 2 * F.l1_loss(passes.content_again, passes.content),
        "cyc": 2 * F.l1_loss(passes.cycled, passes.x),
        "dim": sum(dims, logits.new_zeros(())),
    }


def discriminator_loss(
    passes: Passes, fake: Tensor, discriminator: nn.Module, adversarial: str = "least_squares"
) -> Tensor:
    """Return the loss of the discriminator on detached outputs of the generator.

    Its real samples are the **reconstructions**, not the data. Real and fake samples then come
    from the same decoder and differ only in content, which the encoder has to align (3.2).

    Parameters
    ----------
    passes
        Outputs of the generator in this step.
    fake
        Translations, new or from the history, in the order of ``passes.fake``.
    discriminator, adversarial
        The network and the kind of its loss.
    """
    loss = ADVERSARIAL[adversarial]
    real_logits = discriminator(passes.reconstructed.detach(), passes.domain)
    fake_logits = discriminator(fake.detach(), 1 - passes.domain)
    return loss(real_logits, True) + loss(fake_logits, False)
