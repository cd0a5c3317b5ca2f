"""Apply 2D networks to volumes: to the planes across each axis, whose results are then combined.

A 2D network learns in seconds what a 3D network learns in many minutes, as a step takes a tenth of
the time and each volume has hundreds of planes. Normalisation uses the statistics of the volume;
with those of a single plane the noise of an empty plane would become nuclei.
"""

import functools
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from adgan.models.adgan import IMAGE, Generator
from adgan.models.translator import Translator
from adgan.nn.adain import Norm, adain
from adgan.nn.autoencoder import Decoder, Encoder


def plane_axes(spacing: Sequence[float], limit: float) -> tuple[int, ...]:
    """Return the axes across which a volume is cut.

    Parameters
    ----------
    spacing
        Relative voxel size along ``Z Y X``.
    limit
        Largest ratio of the sides of a pixel of a plane.
    """
    z, _, x = spacing
    return (0, 1, 2) if 1 / limit <= z / x <= limit else (0,)


class PlaneTranslator(nn.Module):
    """Translates volumes with a 2D network.

    Parameters
    ----------
    generator
        The 2D network.
    axes
        Axes across which volumes are cut, see :func:`plane_axes`.
    floor
        Smallest foreground probability from one axis.
    """

    generator: Translator

    def __init__(self, generator: Translator, axes: Sequence[int], floor: float):
        super().__init__()
        self.generator = generator
        self.axes = axes
        self.floor = floor

    @property
    def width(self) -> int:
        """Channels of the largest feature map."""
        return self.generator.width

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 Z Y X`` of domain `source` to the other domain; `norm` receives volumes."""
        return self.join((self._across(axis, x, source, norm) for axis in self.axes), source)

    def join(self, made: Iterable[Tensor], source: int) -> Tensor:
        """Combine the translations across each axis, which all have the shape of the volume.

        The masks of the axes are combined by their geometric mean: a nucleus is seen across every
        axis, haze often across one only. Translated masks (images) are combined by the mean.
        """
        number = len(self.axes)
        if source != IMAGE:
            return functools.reduce(torch.add, made) / number
        share = ((one.clamp(-1, 1) + 1) / 2 for one in made)
        logarithms = (one.clamp(min=self.floor).log() for one in share)
        return 2 * (functools.reduce(torch.add, logarithms) / number).exp() - 1

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
    """Translates volumes with a 2D generator, and gives access to its encoder and decoder."""

    generator: Generator

    @property
    def encoder(self) -> Encoder:
        """Encoder of the 2D generator."""
        return self.generator.encoder

    @property
    def decoder(self) -> Decoder:
        """Decoder of the 2D generator."""
        return self.generator.decoder
