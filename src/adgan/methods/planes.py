"""Networks of planes applied to volumes: planes across each axis, and what the three agree on.

A network of rank 2 learns in seconds what one of rank 3 learns in many minutes, as a step
costs a tenth and each volume holds hundreds of planes. Its statistics are those of the volume:
a plane's own would turn the noise of an empty plane into nuclei.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from adgan.methods.adgan import IMAGE, Generator
from adgan.methods.translator import Translator
from adgan.nn.adain import Norm, adain
from adgan.nn.autoencoder import Decoder, Encoder

STRETCHED = 2.0
"""Ratio of a pixel's sides from which a plane shows nuclei too distorted to be of use."""
LEAST = 1e-3
"""Probability that one axis leaves to a voxel at least."""


def plane_axes(aspect: Sequence[float]) -> tuple[int, ...]:
    """Return the axes across which a volume is cut, from the sides ``(Z) Y X`` of its voxels."""
    z, _, x = aspect
    return (0, 1, 2) if 1 / STRETCHED <= z / x <= STRETCHED else (0,)


class PlaneTranslator(nn.Module):
    """A method of rank 2 that translates volumes.

    Parameters
    ----------
    generator
        Of rank 2.
    axes
        Across which volumes are cut, see :func:`plane_axes`.
    """

    generator: Translator

    def __init__(self, generator: Translator, axes: Sequence[int]):
        super().__init__()
        self.generator = generator
        self.axes = axes

    @property
    def width(self) -> int:
        """Channels of the largest feature map."""
        return self.generator.width

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 Z Y X`` of domain `source` to the other one; `norm` is given volumes.

        Masks of the axes are joined by their geometric mean, as a nucleus is one across every
        axis and haze often across one alone; drawn images by the plain mean.
        """
        made = torch.stack([self._across(axis, x, source, norm) for axis in self.axes])
        if source != IMAGE:
            return made.mean(0)
        share = (made.clamp(-1, 1) + 1) / 2
        return 2 * share.clamp(min=LEAST).log().mean(0).exp() - 1

    def _across(self, axis: int, x: Tensor, source: int, norm: Norm) -> Tensor:
        batch = len(x)
        planes = x.movedim(2 + axis, 1)
        depth = planes.shape[1]

        def of_volumes(t: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
            volumes = t.unflatten(0, (batch, depth)).movedim(1, 2 + axis)
            styled = norm(volumes, scale[::depth], shift[::depth])
            return styled.movedim(2 + axis, 1).flatten(0, 1)

        made = self.generator.translate(planes.flatten(0, 1), source, of_volumes)
        return made.unflatten(0, (batch, depth)).movedim(1, 2 + axis)


class PlaneGenerator(PlaneTranslator):
    """A generator of rank 2 that translates volumes; it shows its parts as a generator does."""

    generator: Generator

    @property
    def encoder(self) -> Encoder:
        """That of planes."""
        return self.generator.encoder

    @property
    def decoder(self) -> Decoder:
        """That of planes."""
        return self.generator.decoder
