"""Normalise the intensities of an image to [-1, 1], so that dim nuclei remain visible."""

from dataclasses import dataclass

import numpy as np

PERCENTILES = (0.5, 99.8)
"""Brought to 0 and 1: a few saturated or dead pixels, or an offset, change nothing."""


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


def measure_levels(pixels: np.ndarray, percentiles: tuple[float, float], gamma: float) -> Levels:
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


def limits(image: np.ndarray) -> tuple[float, float]:
    """Return the :data:`PERCENTILES` of an image, of every other pixel or fewer if it is large."""
    step = max(1, int((image.size / 2**20) ** (1 / image.ndim)))
    low, high = np.percentile(image[(slice(None, None, step),) * image.ndim], PERCENTILES)
    return float(low), float(high)


def stretch(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map `low` and `high` to 0 and 1, clip, and take the square root.

    The root brings dim nuclei near to bright ones. Without a range all is 0.
    """
    if high <= low:
        return np.zeros_like(image)
    return np.sqrt(np.clip((image - low) / (high - low), 0, 1))
