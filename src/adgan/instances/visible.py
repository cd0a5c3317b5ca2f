"""What noise hides: how much there is, smoothing it, and nuclei that do not stand clear of it.

Numpy only, any rank.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.labelmap import means

CLEAR = 3.0
"""Least difference of a nucleus to its surroundings, in standard deviations of a pixel's noise."""
CALM = 0.02
"""Noise that an outline can bear, as a share of half the range of brightened intensities."""
SAMPLE = 2**20
"""About as many pixels as noise is measured on."""
LEAST = 0.3
"""Standard deviation in pixels under which a Gaussian does nothing."""
RING = 0.6
"""Width of the surroundings, in nucleus radii."""
ENOUGH = 4.0
"""Pixels a radius that are enough to tell a nucleus from its surroundings."""


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
    # Pairs of rows and columns, evenly spread, are enough of a large image.
    apart = math.ceil((image.size / SAMPLE) ** (1 / 2))
    upper, lower = image[..., :-1:apart, :], image[..., 1::apart, :]
    rows = lower[..., : upper.shape[-2], :] - upper
    mixed = rows[..., 1::apart] - rows[..., :-1:apart]
    return float(np.median(np.abs(mixed)) / 0.6745 / 2)


def calmed(image: np.ndarray, most: float, aspect: Sequence[float] | None = None) -> np.ndarray:
    """Smooth an image until its noise is down to :data:`CALM`; one with less stays as it is.

    A Gaussian of standard deviation `s` brings white noise down by ``1 / (2 sqrt(pi) s)`` in
    a plane.

    Parameters
    ----------
    image
        ``(Z) Y X``, float.
    most
        Largest standard deviation of the Gaussian, in pixels.
    aspect
        Size of a pixel along each axis; 1 when absent.
    """
    sigma = min(noise_level(image) / (2 * math.sqrt(math.pi) * CALM), most)
    if sigma < LEAST:
        return image
    sigmas = [sigma / side for side in aspect or (1.0,) * image.ndim]
    return np.asarray(ndimage.gaussian_filter(image, sigmas, mode="nearest"))


def find_faint(
    labels: np.ndarray,
    image: np.ndarray,
    radius: float,
    noise: float,
    aspect: Sequence[float] | None = None,
    number: int | None = None,
) -> np.ndarray:
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
    aspect
        Size of a pixel along each axis, in the units of `radius`; 1 when absent.
    number
        Highest label of the map at full size, of which this one may lack some; the map's own
        when absent.

    Returns
    -------
    numpy.ndarray
        Their labels, and those that this map lacks. Nuclei with no background around them are
        judged once those between are gone, if they are.
    """
    number = 1 + (int(labels.max(initial=0)) if number is None else number)
    faint = np.arange(number) == 0  # the ground
    aspect = aspect or (1.0,) * labels.ndim
    apart = [max(1, int(radius / side / ENOUGH)) for side in aspect]
    some = tuple(slice(step // 2, None, step) for step in apart)
    spacing = [side * step for side, step in zip(aspect, apart, strict=True)]
    inside = _means(labels, image, number)
    while True:
        left = np.where(faint[labels], 0, labels)[some]
        ring = np.where(left > 0, 0, expand_labels(left, RING * radius, spacing))
        outside = _means(ring, image[some], number)
        # Specks and nuclei within others have no ring: the ground of the image serves.
        ground = image[some][left == 0]
        outside[np.isnan(outside)] = ground.mean() if ground.size else -np.inf
        # What has no pixel at this scale is none.
        more = ~(inside - outside >= CLEAR * noise) & ~faint
        if not more.any():
            return np.flatnonzero(faint)[1:]
        faint |= more


def _means(labels: np.ndarray, image: np.ndarray, number: int) -> np.ndarray:
    """Return the mean of an image over each of so many labels, NaN where one is missing."""
    where = np.flatnonzero(labels)
    found, pixels = means(image.ravel()[where], labels.ravel()[where], number)
    return np.where(pixels > 0, found, np.nan)
