"""Where the light says the rim is: a coarse mask snapped to its image.

The network decides what is a nucleus, at a working scale of some ten pixels a radius; the image
decides where the nucleus ends, at full resolution. A rim is put where the intensity crosses a
fixed share of the step between the light just inside and just outside, measured around each
place, so that a dim nucleus beside a bright one keeps its own level. Intensities are square
roots (:mod:`adgan.data.intensity`), in which shot noise is even and half of a blurred step lies
close to where people draw outlines. Numpy only, any rank.
"""

from collections.abc import Callable

import edt
import numpy as np
from scipy import ndimage

INSIDE = (0.1, 0.3)
"""Shell within the rim whose light counts as the nucleus, in nucleus radii."""
OUTSIDE = (0.15, 0.6)
"""Shell outside the rim whose light counts as background."""
WINDOW = 0.5
"""Standard deviation of the neighbourhood over which the two are averaged."""
REACH = 0.35
"""How far the rim may move from the network's."""


def signed_depth(mask: np.ndarray, spacing: tuple[float, ...] | None = None) -> np.ndarray:
    """Return the distance to the rim of a mask, positive inside and negative outside.

    Parameters
    ----------
    mask
        Boolean ``(Z) Y X``.
    spacing
        Pixel size an axis; 1 when absent.

    Returns
    -------
    numpy.ndarray
        float32, in units of the spacing.
    """
    inside = edt.edt(mask, anisotropy=spacing, black_border=False)
    outside = edt.edt(~mask, anisotropy=spacing, black_border=False)
    # A mask without a rim (all or nothing) has no finite depth.
    depth: np.ndarray = np.nan_to_num(inside - outside, posinf=1e6, neginf=-1e6)
    return depth


def snap(
    image: np.ndarray,
    mask: np.ndarray,
    radius: float,
    level: float = 0.47,
    rounds: int = 3,
) -> tuple[np.ndarray, np.ndarray]:
    """Move the rim of a mask to where the image's intensity steps.

    Parameters
    ----------
    image
        ``(Z) Y X``, square roots of intensity or the like, at the mask's scale.
    mask
        Boolean, what the network takes for nuclei.
    radius
        Of a nucleus, in pixels.
    level
        Share of the step at which the rim lies.
    rounds
        Times the light inside and outside is measured anew.

    Returns
    -------
    threshold
        float32, the intensity that divides nucleus from background around each pixel.
    depth
        float32, the depth in `mask` in radii; the rim may lie where it is within
        ``-REACH`` to ``REACH``.
    """
    mask = ndimage.binary_fill_holes(mask)
    start = signed_depth(mask) / radius
    depth = start
    threshold = np.zeros(image.shape, np.float32)
    for _ in range(rounds):
        bright = _local_mean(image, (depth > INSIDE[0]) & (depth < INSIDE[1]), radius)
        dark = _local_mean(image, (depth < -OUTSIDE[0]) & (depth > -OUTSIDE[1]), radius)
        threshold = dark + level * (bright - dark)
        depth = signed_depth(divide(image, threshold, start)) / radius
    return threshold, start


def divide(image: np.ndarray, threshold: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the mask that :func:`snap` describes: bright enough, and near the network's.

    Specks and thread-like bridges are opened away and holes are filled.
    """
    mask = ((image > threshold) & (depth > -REACH)) | (depth > REACH)
    mask = ndimage.binary_opening(mask)
    return np.asarray(ndimage.binary_fill_holes(mask))


def _local_mean(image: np.ndarray, where: np.ndarray, radius: float) -> np.ndarray:
    """Mean of the image over a Gaussian neighbourhood, counting the marked pixels alone."""
    blur: Callable[[np.ndarray], np.ndarray] = lambda a: ndimage.gaussian_filter(  # noqa: E731
        a, WINDOW * radius, truncate=3, mode="nearest"
    )
    weight = where.astype(np.float32)
    return np.asarray(blur(image * weight) / (blur(weight) + 1e-4))
