"""One image as the network sees it: its levels measured, brought to the working scale."""

from dataclasses import dataclass

import numpy as np

from adgan.data.intensity import Levels, measure_levels
from adgan.data.scale import rescale, working_shape


@dataclass(frozen=True)
class Prepared:
    """An image in [-1, 1], at its own and at the working size.

    ``full`` and ``working`` are float32 ``(Z) Y X``; `levels` tell how the first came about.
    """

    full: np.ndarray
    working: np.ndarray
    levels: Levels


def prepare(
    pixels: np.ndarray,
    scale: float,
    percentiles: tuple[float, float] = (0.5, 99.8),
    gamma: float = 0.5,
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
    """
    levels = measure_levels(pixels, percentiles, gamma)
    full = levels.apply(pixels)
    shape = working_shape(pixels.shape, (scale,) * pixels.ndim)
    return Prepared(full, rescale(full, shape), levels)
