"""One image as the network sees it: its levels measured, to the working scale, made even."""

from dataclasses import dataclass

import numpy as np

from adgan.data.even import even
from adgan.data.intensity import Levels, measure_levels
from adgan.data.scale import rescale, working_shape


@dataclass(frozen=True)
class Prepared:
    """An image in [-1, 1], at its own and at the working size.

    ``full`` and ``working`` are float32 ``(Z) Y X``; ``seen`` is the second with its brightness
    made even, what the network is given; `levels` tell how the first came about.
    """

    full: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    levels: Levels


def prepare(
    pixels: np.ndarray,
    scale: float,
    percentiles: tuple[float, float] = (0.5, 99.8),
    gamma: float = 0.5,
    floor: float | None = None,
    reach: float = 1.0,
) -> Prepared:
    """Brighten an image and scale it so that nuclei have their working size.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    scale
        Working pixels per pixel.
    percentiles, gamma
        See :func:`adgan.data.intensity.measure_levels`.
    floor, reach
        Floor and sigma of :func:`adgan.data.even.even`; without a floor the brightness is left
        as it is.
    """
    levels = measure_levels(pixels, percentiles, gamma)
    full = levels.apply(pixels)
    shape = working_shape(pixels.shape, (scale,) * pixels.ndim)
    working = rescale(full, shape)
    seen = working if floor is None else even(working, reach, floor)
    return Prepared(full, working, seen, levels)
