"""Prepare an image for the network: normalise intensities, rescale, and even the brightness."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.even import even
from adgan.image.intensity import Levels, measure_levels
from adgan.image.scale import Window, rescale, working_shape
from adgan.recipe.groups import DataSettings


@dataclass(frozen=True)
class Prepared:
    """An image in [-1, 1] at the working scale, and its original pixels.

    ``working`` is float32 ``(Z) Y X``; ``seen``, the input of the network, is the same with even
    brightness. ``pixels`` are those of the file, and ``levels`` their normalisation, None if they
    are normalised already. ``scales`` are working pixels per pixel, per axis.
    """

    pixels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    levels: Levels | None
    scales: tuple[float, ...]

    @property
    def full(self) -> np.ndarray:
        """The normalised image at its original size, float32; computed on access, may be large."""
        return self.pixels if self.levels is None else self.levels.apply(self.pixels)

    def part(self, window: Window) -> tuple["Prepared", Window]:
        """Return the part that a window needs, here the whole image, and the window."""
        return self, window

    @classmethod
    def at_working_size(cls, image: np.ndarray) -> "Prepared":
        """Wrap an image ``(Z) Y X`` in [-1, 1] that is already at the working scale."""
        return cls(image, image, image, None, (1.0,) * image.ndim)


def prepare(
    pixels: np.ndarray,
    scales: Sequence[float],
    how: DataSettings,
    reach: float | Sequence[float],
) -> Prepared:
    """Normalise an image and rescale it so that nuclei have their working size.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    scales
        Working pixels per pixel, per axis.
    how
        Normalisation, see :func:`adgan.image.intensity.measure_levels` and
        :func:`adgan.image.even.even`; without ``even`` the brightness is not changed.
    reach
        Standard deviation over which the brightness is evened, in working pixels.
    """
    levels = measure_levels(pixels, how.percentiles, how.gamma)
    working = rescale(levels.apply(pixels), working_shape(pixels.shape, scales))
    seen = working if how.even is None else even(working, reach, how)
    return Prepared(pixels, working, seen, levels, tuple(scales))
