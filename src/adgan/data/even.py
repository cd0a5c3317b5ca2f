"""Brightness made even over an image, so that dim nuclei reach the network as bright ones do.

The gain follows the local contrast to the background over a few nuclei. It only serves to find
nuclei: where they end is measured in the image as it is.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

BACKGROUND = 20.0
"""Percentile that is taken for background; it cancels where the gain is the same everywhere."""
BRIGHT = 95.0
"""Percentile of the local contrast that counts as that of a bright place."""
TOP = 99.8
"""Percentile brought to 1 again, as the gain raises what is dim."""


def even(image: np.ndarray, sigma: float | Sequence[float], floor: float) -> np.ndarray:
    """Divide the contrast to the background by its local strength.

    Parameters
    ----------
    image
        Float ``(Z) Y X`` in [-1, 1].
    sigma
        Standard deviation of the neighbourhood in pixels, one or one an axis: a few radii of
        a nucleus.
    floor
        Contrast added before dividing, as a share of a bright place's. It bounds the gain, so
        that empty places do not turn into nuclei; large values change nothing.

    Returns
    -------
    numpy.ndarray
        float32 in [-1, 1], of the same shape.
    """
    unit = (image + 1) / 2
    background = np.percentile(unit, BACKGROUND)
    contrast = np.maximum(unit - background, 0)
    local = np.sqrt(ndimage.gaussian_filter(contrast**2, sigma))
    bright = np.percentile(local, BRIGHT)
    if bright <= 0:
        return image.astype(np.float32, copy=False)
    gain = (1 + floor) * bright / (local + floor * bright)
    lifted = background + (unit - background) * (gain / gain.min())
    return (2 * np.clip(lifted / np.percentile(lifted, TOP), 0, 1) - 1).astype(np.float32)
