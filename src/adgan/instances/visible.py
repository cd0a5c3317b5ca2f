"""Image noise: measure it, smooth it, and find nuclei that do not stand out from it.

In 2D or 3D, without torch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.labels.grid import Grid
from adgan.labels.labelmap import means
from adgan.recipe.decoding import VisibleSettings


@dataclass(frozen=True)
class NoiseLimits:
    """How finely noise is measured and smoothed, and nuclei are compared with it.

    Parameters
    ----------
    sample
        Approximate number of pixels on which noise is measured.
    sigma_min
        Standard deviation in pixels below which a Gaussian has no effect.
    radius
        Nucleus radius in pixels that is enough to compare a nucleus with its surroundings.
    """

    sample: int = 2**20
    sigma_min: float = 0.3
    radius: float = 4.0


NOISE = NoiseLimits()


def noise_level(image: np.ndarray) -> float:
    """Estimate the standard deviation of the pixel noise from differences of neighbours.

    Mixed second differences along the last two axes cancel slow variations. Their median absolute
    value reflects the background rather than edges and texture.

    Parameters
    ----------
    image
        ``(Z) Y X``, float.
    """
    if min(image.shape[-2:]) < 2:
        return 0.0
    # For a large image, evenly spread pairs of rows and columns are enough.
    apart = math.ceil((image.size / NOISE.sample) ** (1 / 2))
    upper, lower = image[..., :-1:apart, :], image[..., 1::apart, :]
    rows = lower[..., : upper.shape[-2], :] - upper
    mixed = rows[..., 1::apart] - rows[..., :-1:apart]
    return float(np.median(np.abs(mixed)) / 0.6745 / 2)


def denoised(image: np.ndarray, target: float, most: float, sides: Sequence[float]) -> np.ndarray:
    """Smooth an image by a Gaussian until its noise is at most `target`.

    In a plane, a Gaussian of standard deviation `s` multiplies white noise by
    ``1 / (2 sqrt(pi) s)``.

    Parameters
    ----------
    image
        ``(Z) Y X``, float.
    target
        Standard deviation of the noise that may remain, in the unit of the image.
    most
        Largest standard deviation of the Gaussian, in the unit of `sides`.
    sides
        Pixel size along each axis.
    """
    sigma = min(noise_level(image) / (2 * math.sqrt(math.pi) * target), most)
    if sigma < NOISE.sigma_min:
        return image
    sigmas = [sigma / side for side in sides]
    return np.asarray(ndimage.gaussian_filter(image, sigmas, mode="nearest"))


def find_faint(
    labels: np.ndarray,
    image: np.ndarray,
    grid: Grid,
    noise: float,
    how: VisibleSettings,
    number: int | None = None,
) -> np.ndarray:
    """Return the labels of nuclei that do not stand out from the noise.

    In an image without nuclei, normalisation amplifies the noise, and a network that has only ever
    seen nuclei finds some in it. As they are bright by selection, their mean intensity differs from
    that around them by up to twice the noise at this scale. For dim nuclei the difference is four
    times the noise or more.

    Parameters
    ----------
    labels
        Integer map ``(Z) Y X``.
    image
        Float, of the same shape.
    grid
        Pixels and nucleus radius of the map.
    noise
        Standard deviation of the noise of `image`, see :func:`noise_level`.
    how
        The contrast that a nucleus needs, and the width of its surroundings.
    number
        Highest label of the map at full size, of which this map may lack some (default: the
        highest label of this map).

    Returns
    -------
    numpy.ndarray
        Labels of faint nuclei, and labels that this map lacks. A nucleus without background around
        it is judged after its faint neighbours are removed.
    """
    number = 1 + (int(labels.max(initial=0)) if number is None else number)
    faint = np.arange(number) == 0  # the background
    apart = [max(1, int(radius / NOISE.radius)) for radius in grid.pixels(1.0)]
    some = tuple(slice(step // 2, None, step) for step in apart)
    coarse, width = grid.thinned(apart), how.ring * grid.radius
    inside = _means(labels, image, number)
    while True:
        left = np.where(faint[labels], 0, labels)[some]
        ring = np.where(left > 0, 0, expand_labels(left, width, coarse.sides))
        outside = _means(ring, image[some], number)
        # Specks and nuclei within others have no ring; they are compared with all background.
        ground = image[some][left == 0]
        outside[np.isnan(outside)] = ground.mean() if ground.size else -np.inf
        # A label without pixels at this scale gives nan and counts as faint.
        more = ~(inside - outside >= how.contrast * noise) & ~faint
        if not more.any():
            return np.flatnonzero(faint)[1:]
        faint |= more


def _means(labels: np.ndarray, image: np.ndarray, number: int) -> np.ndarray:
    """Return the mean of an image over labels 0 to `number` - 1; nan for missing labels."""
    where = np.flatnonzero(labels)
    found, pixels = means(image.ravel()[where], labels.ravel()[where], number)
    return np.where(pixels > 0, found, np.nan)
