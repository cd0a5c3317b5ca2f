"""Images to the working size and back, fast for large steps."""

from collections.abc import Sequence

import numpy as np
from skimage.measure import block_reduce

from adgan.boxes import highest
from adgan.data.scale import nearest, rescale, working_shape
from adgan.enlarge import enlarge

LEAST = {2: 32, 3: 3}
"""Working pixels along each axis, at least, by rank: what the network needs to see anything. Stacks
of a few planes are no deeper than they are."""


def to_working(pixels: np.ndarray, scales: Sequence[float]) -> np.ndarray:
    """Return an image at the working size, float32, smoothed where it shrinks.

    Whole blocks of pixels are averaged first, as smoothing large images is slow.

    Parameters
    ----------
    pixels
        ``(Z) Y X``.
    scales
        Working pixels per pixel along each axis.
    """
    shape = [max(LEAST[pixels.ndim], n) for n in working_shape(pixels.shape, scales)]
    blocks = tuple(max(1, int(0.6 * n / m)) for n, m in zip(pixels.shape, shape, strict=True))
    image = pixels.astype(np.float32, copy=False)
    if max(blocks) > 1:
        whole = tuple(slice(0, n // b * b) for n, b in zip(image.shape, blocks, strict=True))
        image = block_reduce(image[whole], blocks, np.mean)
    return rescale(image, shape)


def labels_to_full(
    labels: np.ndarray, foreground: np.ndarray, shape: Sequence[int], threshold: float
) -> np.ndarray:
    """Return a label map at an image's own size, its rims as smooth as the probability says.

    Parameters
    ----------
    labels
        ``(Z) Y X`` at the working size.
    foreground
        Probability at the same pixels.
    shape
        Of the image.
    threshold
        Probability at which nuclei end.
    """
    if tuple(shape) == labels.shape:
        return labels
    steps = [n / m for n, m in zip(shape, labels.shape, strict=True)]
    if max(steps) <= 1:
        return nearest(labels, shape)
    # Labels reach a pixel further, so that the probability alone says where nuclei end.
    full = nearest(np.where(labels == 0, highest(labels, 3), labels), shape)
    full *= enlarge(foreground, shape, steps) >= threshold
    return full
