"""Plain thresholds: what anybody gets without a network, given the true size of the nuclei.

A Gaussian, one global threshold an image, holes filled, then a watershed on the distance
transform. Its seeds are the local maxima of the distance, smoothed by 3 % of the diameter and
kept two fifths of it apart; pieces below a tenth of a nucleus are dropped. The diameter is the
true median, measured on the labels. No one Gaussian suits all sets and scores (a narrow one keeps
outlines, a wide one bridges nucleoli), so each threshold runs with both.
"""

from collections.abc import Callable

import edt
import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_li, threshold_otsu, threshold_triangle
from skimage.segmentation import watershed

SIGMA: dict[str, Callable[[float], float]] = {
    "narrow": lambda diameter: 1.0,
    "wide": lambda diameter: 0.05 * diameter,
}
"""Standard deviation, in pixels, of the Gaussian before the threshold, for a diameter."""
APART = 0.4
"""Least distance between two seeds, in diameters."""
SMOOTH = 0.03
"""Standard deviation, in diameters, of the Gaussian over the distance transform."""
LEAST = 0.1
"""Least size of a piece, as a share of a disc (ball) of the diameter."""


def threshold_log_otsu(image: np.ndarray) -> float:
    """Return Otsu's threshold of the logarithm above the darkest pixel, in the image's units."""
    lowest = image.min()
    return float(np.expm1(threshold_otsu(np.log1p(image - lowest))) + lowest)


THRESHOLDS: dict[str, Callable[[np.ndarray], float]] = {
    "otsu": threshold_otsu,
    "li": threshold_li,
    "triangle": threshold_triangle,
    "log-otsu": threshold_log_otsu,
}


def segment_plainly(
    pixels: np.ndarray, threshold: str, smoothing: str, diameter: float
) -> np.ndarray:
    """Label nuclei by a global threshold and a distance watershed.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    threshold
        Name in :data:`THRESHOLDS`.
    smoothing
        Name in :data:`SIGMA`.
    diameter
        Of a nucleus, in pixels.

    Returns
    -------
    numpy.ndarray
        int32 instance map, labels with gaps where pieces were dropped.
    """
    image = ndimage.gaussian_filter(pixels.astype(np.float32), SIGMA[smoothing](diameter))
    mask = ndimage.binary_fill_holes(image > THRESHOLDS[threshold](image))
    depth = edt.edt(mask, black_border=False)
    # A mask of everything has no rim and no distance.
    depth = ndimage.gaussian_filter(np.nan_to_num(depth, posinf=0.0), SMOOTH * diameter)
    pieces = ndimage.label(mask)[0]
    seeds = peak_local_max(
        depth, min_distance=max(1, round(APART * diameter)), labels=pieces, exclude_border=False
    )
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(seeds.T)] = np.arange(1, len(seeds) + 1)
    labels: np.ndarray = watershed(-depth, markers, mask=mask)
    ball = {2: np.pi / 4, 3: np.pi / 6}[mask.ndim] * diameter**mask.ndim
    kept = np.bincount(labels.ravel()) >= LEAST * ball
    return np.where(kept[labels], labels, 0)
