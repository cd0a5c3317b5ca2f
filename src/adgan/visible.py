"""What noise hides: how much there is, smoothing it, and nuclei that do not stand clear of it.

Numpy only, any rank.
"""

import math

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

CLEAR = 3.0
"""Least difference of a nucleus to its surroundings, in standard deviations of a pixel's noise."""
CALM = 0.02
"""Noise that an outline can bear, as a share of half the range of brightened intensities."""
LEAST = 0.3
"""Standard deviation in pixels under which a Gaussian does nothing."""
RING = 0.6
"""Width of the surroundings, in nucleus radii."""


def noise_level(image: np.ndarray) -> float:
    """Return the standard deviation of a pixel's noise, from differences of neighbours.

    Mixed second differences of the last two axes cancel whatever varies slowly; their median
    absolute value sees the background rather than rims and textures.

    Parameters
    ----------
    image
        ``(Z) Y X``, float.
    """
    if min(image.shape[-2:]) < 2:
        return 0.0
    rows = image[..., 1:, :] - image[..., :-1, :]
    mixed = rows[..., 1:] - rows[..., :-1]
    return float(np.median(np.abs(mixed)) / 0.6745 / 2)


def calmed(image: np.ndarray, most: float) -> np.ndarray:
    """Smooth an image until its noise is down to :data:`CALM`; one with less stays as it is.

    A Gaussian of standard deviation `s` brings white noise down by ``1 / (2 sqrt(pi) s)`` in
    a plane.

    Parameters
    ----------
    image
        ``(Z) Y X``, float.
    most
        Largest standard deviation of the Gaussian, in pixels.
    """
    sigma = min(noise_level(image) / (2 * math.sqrt(math.pi) * CALM), most)
    if sigma < LEAST:
        return image
    return np.asarray(ndimage.gaussian_filter(image, sigma, mode="nearest"))


def find_faint(labels: np.ndarray, image: np.ndarray, radius: float, noise: float) -> np.ndarray:
    """List the nuclei that do not stand clear of the noise.

    An image without nuclei shows its noise once it is brightened, and a network that has only
    ever seen nuclei finds some there. As they were chosen for being bright, their mean light
    differs from that around them by up to twice the noise at this scale, that of dim nuclei by
    four times and more.

    Parameters
    ----------
    labels
        Integer map ``(Z) Y X``.
    image
        Float, of the same shape.
    radius
        Of a nucleus, in pixels.
    noise
        Of a pixel of `image`; see :func:`noise_level`.

    Returns
    -------
    numpy.ndarray
        Their labels. Nuclei with no background around them are judged once those between are
        gone, if they are.
    """
    faint = np.zeros(0, labels.dtype)
    while True:
        left = np.where(np.isin(labels, faint), 0, labels)
        ring = np.where(left > 0, 0, expand_labels(left, RING * radius))
        names = np.intersect1d(left[left > 0], ring)
        inside = np.asarray(ndimage.mean(image, left, names))
        outside = np.asarray(ndimage.mean(image, ring, names))
        more = names[inside - outside < CLEAR * noise]
        if not len(more):
            return faint
        faint = np.concatenate([faint, more])
