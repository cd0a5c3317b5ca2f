"""Intensities of an image brought to [-1, 1], dim nuclei kept beside bright ones."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Levels:
    """The two intensities of one image that become -1 and 1, and the power between them.

    Measured once over the whole image, so that every tile of it is brightened alike.
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

    The square root (``gamma=0.5``) steadies shot noise and lifts dim nuclei; min-max
    (percentiles 0 and 100, gamma 1) is the paper's own (5.3.1).

    Parameters
    ----------
    pixels
        ``(Z) Y X``, any real dtype.
    percentiles
        Lower and upper percentile.
    gamma
        Power applied between them.

    Returns
    -------
    Levels
        Minimum and maximum where the percentiles coincide (a few bright pixels on black).
    """
    low, high = np.percentile(pixels, percentiles)
    if high <= low:
        low, high = pixels.min(), pixels.max()
    return Levels(float(low), float(high), gamma)


def toned(image: np.ndarray, power: float) -> np.ndarray:
    """Take an image in [-1, 1] to a power of its height above -1, the ends kept; 1 leaves it."""
    if power == 1:
        return image
    return np.asarray(2 * np.clip((image + 1) / 2, 0, None) ** np.float32(power) - 1)
