"""The middle of an image, and the image at another size."""

import numpy as np
from scipy import ndimage
from skimage.measure import block_reduce

BLUR = 0.4
"""Standard deviation of what keeps fewer pixels from aliasing, in the new pixels."""


def centre(image: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return the middle of an image, at most `sides` pixels per axis."""
    starts = np.maximum(0, (np.array(image.shape) - sides) // 2).astype(int)
    return image[tuple(slice(s, s + int(n)) for s, n in zip(starts, sides, strict=True))]


def rescale(image: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return an image of ``factors`` times the pixels, without aliasing.

    Parameters
    ----------
    image
        ``(Z) Y X``.
    factors
        New pixels per old pixel, one an axis.

    Returns
    -------
    numpy.ndarray
        float32; whole blocks are averaged first, as blurring large images is slow.
    """
    blocks = np.maximum(1, 0.5 / factors).astype(int)
    image = image.astype(np.float32)
    if (blocks > 1).any():
        image = block_reduce(image, tuple(blocks), np.mean, cval=float(image.mean()))
    # However thin an image is, a pixel of it is left.
    left = np.maximum(factors * blocks, 1 / np.array(image.shape))
    image = ndimage.gaussian_filter(image, np.where(left < 1, BLUR / left, 0))
    return ndimage.zoom(image, left, order=1, grid_mode=True, mode="nearest")
