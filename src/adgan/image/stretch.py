"""Images brought to one brightness: two percentiles at 0 and 1, and the square root between."""

import numpy as np

PERCENTILES = (0.5, 99.8)
"""Brought to 0 and 1: a few saturated or dead pixels, or an offset, change nothing."""


def limits(image: np.ndarray) -> tuple[float, float]:
    """Return the :data:`PERCENTILES` of an image, of every other pixel or fewer if it is large."""
    step = max(1, int((image.size / 2**20) ** (1 / image.ndim)))
    low, high = np.percentile(image[(slice(None, None, step),) * image.ndim], PERCENTILES)
    return float(low), float(high)


def stretch(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return an image with `low` and `high` at 0 and 1, cut off beyond, and its square root.

    The root brings dim nuclei near to bright ones. Without a range all is 0.
    """
    if high <= low:
        return np.zeros_like(image)
    return np.sqrt(np.clip((image - low) / (high - low), 0, 1))
