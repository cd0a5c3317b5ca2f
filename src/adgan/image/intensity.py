"""Normalise the intensities of an image to [-1, 1], so that dim nuclei remain visible."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Levels:
    """The two intensities of an image that become -1 and 1, and the power between them.

    They are measured once over the whole image and applied to every tile.
    """

    low: float
    high: float
    gamma: float

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Map intensities to [-1, 1], float32, clipped; shape kept."""
        span = max(self.high - self.low, 1e-12)
        unit = np.clip((pixels.astype(np.float32) - np.float32(self.low)) / span, 0, 1)
        return (2 * unit**self.gamma - 1).astype(np.float32)


def measure_levels(
    pixels: np.ndarray, percentiles: tuple[float, float] = (0.5, 99.8), gamma: float = 0.5
) -> Levels:
    """Measure an image's levels.

    The square root (``gamma=0.5``) stabilises shot noise and brightens dim nuclei; the paper uses
    minimum and maximum (percentiles 0 and 100, gamma 1; section 5.3.1).

    Parameters
    ----------
    pixels
        ``(Z) Y X``, any real dtype.
    percentiles
        Lower and upper percentile.
    gamma
        Power applied between the two levels.

    Returns
    -------
    Levels
        Minimum and maximum if the percentiles coincide (a few bright pixels on black).
    """
    low, high = np.percentile(pixels, percentiles)
    if high <= low:
        low, high = pixels.min(), pixels.max()
    return Levels(float(low), float(high), gamma)


def toned(image: np.ndarray, power: float) -> np.ndarray:
    """Apply a power to an image in [-1, 1], which keeps -1 and 1; power 1 changes nothing."""
    if power == 1:
        return image
    return np.asarray(2 * np.clip((image + 1) / 2, 0, None) ** np.float32(power) - 1)
