"""A first scale from the image alone: how wide its blobs are."""

import numpy as np
from scipy import ndimage

from adgan.image.resample import centre, rescale
from adgan.image.stretch import limits, stretch

STEP = 2 ** (1 / 3)
SIDE = {2: 288, 3: 56}
"""Pixels an axis of the part that is looked at in each octave."""


def blob_radius(image: np.ndarray, shares: np.ndarray) -> float | None:
    """Return the typical radius of bright blobs, within about a factor of two.

    Scale-space maxima of differences of Gaussians, which stand for the scale-normalised
    Laplacian (Lindeberg 1998, doi:10.1023/A:1008045108935): a ball of radius ``r`` in ``n``
    dimensions answers most at ``sigma = r / sqrt(n)``. Octave by octave the image is halved
    and a part twice as wide looked at, so that neither the size of the image nor that of
    its nuclei matters.

    Parameters
    ----------
    image
        ``(Z) Y X``.
    shares
        Pixels of the last axis in a pixel of each axis, 1 at least: 4 for planes four
        times as far apart as pixels.

    Returns
    -------
    float or None
        In pixels of the last axis; None when nothing stands out.
    """
    rank = image.ndim
    extent = np.array(image.shape) * shares
    # Those of the whole: an empty part must not have its noise stretched.
    low, high = limits(image)
    reduction = 1.0
    radii, weights = [], []
    while extent.max() / reduction >= 24:
        factors = shares / reduction
        part = rescale(centre(image, np.ceil(SIDE[rank] / factors)), factors)
        sigmas, answers = _octave(stretch(part, low, high))
        # Energy times width: one nucleus must not be outvoted by the grains inside it.
        radii.append(sigmas * np.sqrt(rank) * reduction)
        weights.append(answers**2 * radii[-1] ** (rank / 2) / part.size / reduction**rank)
        reduction *= 2
    radius, weight = np.concatenate([[], *radii]), np.concatenate([[], *weights])
    if not len(radius):
        return None
    order = np.argsort(radius)
    total = np.cumsum(weight[order])
    return float(radius[order][np.searchsorted(total, total[-1] / 2)])


def _octave(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scales and answers of the maxima within one octave, from sigma 1.8 to 3.2."""
    sigmas = 1.6 * STEP ** np.arange(6)
    blurred = [ndimage.gaussian_filter(image, sigmas[0], mode="nearest")]
    for sigma in sigmas[:-1]:
        further = sigma * np.sqrt(STEP**2 - 1)
        blurred.append(ndimage.gaussian_filter(blurred[-1], further, mode="nearest"))
    stack = np.array([fine - coarse for fine, coarse in zip(blurred, blurred[1:], strict=False)])
    peaks = (stack == ndimage.maximum_filter(stack, 3)) & (stack > 0.01)
    peaks[[0, -1]] = False
    return (sigmas * np.sqrt(STEP))[np.nonzero(peaks)[0]], stack[peaks]
