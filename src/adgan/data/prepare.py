"""One image as the network sees it: its levels measured, to the working scale, made even."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.data.even import even
from adgan.data.intensity import Levels, measure_levels
from adgan.data.scale import Window, rescale, working_shape


@dataclass(frozen=True)
class Prepared:
    """An image in [-1, 1] at the working size, and what its own size follows from.

    ``working`` is float32 ``(Z) Y X``; ``seen`` is the same with its brightness made even, what
    the network is given. ``pixels`` are those of the file, and ``levels`` what brightens them,
    None where they are bright already. ``scales`` are working pixels per pixel along each axis.
    """

    pixels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    levels: Levels | None
    scales: tuple[float, ...]

    @property
    def full(self) -> np.ndarray:
        """The image at its own size, float32, made when asked for: it may be large."""
        return self.pixels if self.levels is None else self.levels.apply(self.pixels)

    def part(self, window: Window) -> tuple["Prepared", Window]:
        """Return what a window is segmented from, and where it lies in that: here all of it."""
        return self, window

    @classmethod
    def at_working_size(cls, image: np.ndarray) -> "Prepared":
        """Take an image ``(Z) Y X`` in [-1, 1] that is at the working size as it is."""
        return cls(image, image, image, None, (1.0,) * image.ndim)


def prepare(
    pixels: np.ndarray,
    scales: Sequence[float],
    percentiles: tuple[float, float] = (0.5, 99.8),
    gamma: float = 0.5,
    floor: float | None = None,
    reach: float | Sequence[float] = 1.0,
) -> Prepared:
    """Brighten an image and scale it so that nuclei have their working size.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    scales
        Working pixels per pixel along each axis.
    percentiles, gamma
        See :func:`adgan.data.intensity.measure_levels`.
    floor, reach
        Floor and sigma of :func:`adgan.data.even.even`; without a floor the brightness is left
        as it is.
    """
    levels = measure_levels(pixels, percentiles, gamma)
    working = rescale(levels.apply(pixels), working_shape(pixels.shape, scales))
    seen = working if floor is None else even(working, reach, floor)
    return Prepared(pixels, working, seen, levels, tuple(scales))
