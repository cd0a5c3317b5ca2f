"""A first estimate of the nucleus radius: the typical width of bright blobs in an image."""

import numpy as np
from scipy import ndimage

from adgan.image.resample import centre, rescale
from adgan.image.stretch import limits, stretch
from adgan.survey.settings import BLOBS


def blob_radius(image: np.ndarray, sides: np.ndarray) -> float | None:
    """Return the typical radius of bright blobs, correct within about a factor of two.

    Blobs are scale-space maxima of differences of Gaussians, which approximate the scale-normalised
    Laplacian (Lindeberg 1998, doi:10.1023/A:1008045108935): the response to a ball of radius ``r``
    in ``n`` dimensions is largest at ``sigma = r / sqrt(n)``. From one octave to the next the image
    is halved and a part twice as wide is searched. The time therefore depends neither on the size
    of the image nor on that of its nuclei.

    Parameters
    ----------
    image
        ``(Z) Y X``, any real dtype.
    sides
        Relative pixel sides, ``(ndim,)``: the length of a pixel along each axis, in pixels of the
        last axis. Each is at least 1; it is 4 along Z if planes are four times as far apart as
        pixels.

    Returns
    -------
    float or None
        Radius in pixels of the last axis; None if there are no blobs.
    """
    rank = image.ndim
    extent = np.array(image.shape) * sides
    # The limits of the whole image, as stretching an empty part would amplify its noise.
    low, high = limits(image)
    reduction = 1.0
    radii, weights = [], []
    while extent.max() / reduction >= 24:
        factors = sides / reduction
        part = rescale(centre(image, np.ceil(BLOBS[rank].side / factors)), factors)
        sigmas, responses = _octave(stretch(part, low, high))
        # Energy times width: otherwise the grains in one nucleus would outweigh the nucleus.
        radii.append(sigmas * np.sqrt(rank) * reduction)
        weights.append(responses**2 * radii[-1] ** (rank / 2) / part.size / reduction**rank)
        reduction *= 2
    radius, weight = np.concatenate([[], *radii]), np.concatenate([[], *weights])
    if not len(radius):
        return None
    order = np.argsort(radius)
    total = np.cumsum(weight[order])
    return float(radius[order][np.searchsorted(total, total[-1] / 2)])


def _octave(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard deviations and responses of the maxima in one octave, from 1.8 to 3.2."""
    ratio = BLOBS[image.ndim].ratio
    sigmas = 1.6 * ratio ** np.arange(6)
    blurred = [ndimage.gaussian_filter(image, sigmas[0], mode="nearest")]
    for sigma in sigmas[:-1]:
        further = sigma * np.sqrt(ratio**2 - 1)
        blurred.append(ndimage.gaussian_filter(blurred[-1], further, mode="nearest"))
    stack = np.array([fine - coarse for fine, coarse in zip(blurred, blurred[1:], strict=False)])
    peaks = (stack == ndimage.maximum_filter(stack, 3)) & (stack > 0.01)
    peaks[[0, -1]] = False
    return (sigmas * np.sqrt(ratio))[np.nonzero(peaks)[0]], stack[peaks]
