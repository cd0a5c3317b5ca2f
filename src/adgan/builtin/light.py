"""Intensities as the built-in model sees them: measured once, then applied to any part."""

from dataclasses import dataclass

import numpy as np

POWER = 0.5
"""Power between the levels: the middle of what training drew."""
SHIFT, SCALE = 0.45, 0.3
"""About the mean and the deviation of what follows, so that the network's input is near unit."""
HIGHEST = 3.0
"""Light beyond the upper level, in its units, where it is cut off."""


@dataclass(frozen=True)
class Light:
    """The intensities that become 0 and 1 before a power and a fixed shift and scale.

    ``low`` and ``high`` are numbers, or arrays that broadcast over the image.
    """

    low: float | np.ndarray
    high: float | np.ndarray
    power: float = POWER

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Return float32 of the same shape."""
        span = np.maximum(np.subtract(self.high, self.low), 1e-12)
        unit = np.clip((pixels.astype(np.float32) - self.low) / span, 0, HIGHEST)
        return ((unit**self.power - SHIFT) / SCALE).astype(np.float32)


def levels(pixels: np.ndarray, percentiles: tuple[float, float] = (1.0, 99.7)) -> Light:
    """Measure the levels of one image as a whole."""
    low, high = np.percentile(pixels, percentiles)
    return Light(float(low), float(high))
