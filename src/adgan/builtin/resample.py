"""Rescale images to the working size and label maps back."""

from collections.abc import Sequence

import numpy as np
from skimage.measure import block_reduce

from adgan.builtin.settings import WORKING_SCALE
from adgan.image.boxes import highest
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window, rescale, working_shape
from adgan.instances.regions import largest_pieces


def to_working(pixels: np.ndarray, scales: Sequence[float]) -> np.ndarray:
    """Rescale an image to the working size, smoothed where it shrinks, float32.

    Blocks of pixels are averaged first, as smoothing a large image is slow.

    Parameters
    ----------
    pixels
        ``(Z) Y X``.
    scales
        Working pixels per pixel along each axis.
    """
    shape = shape_at(pixels.shape, scales)
    blocks = blocks_of(pixels.shape, shape)
    image = pixels.astype(np.float32, copy=False)
    if max(blocks) > 1:
        whole = tuple(slice(0, n // b * b) for n, b in zip(image.shape, blocks, strict=True))
        image = block_reduce(image[whole], blocks, np.mean)
    return rescale(image, shape)


def shape_at(shape: Sequence[int], scales: Sequence[float]) -> list[int]:
    """Return the shape of an image at the working size."""
    return [max(WORKING_SCALE[len(shape)].side, n) for n in working_shape(shape, scales)]


def blocks_of(shape: Sequence[int], working: Sequence[int]) -> tuple[int, ...]:
    """Return the sides of the blocks that are averaged first, in pixels."""
    part = WORKING_SCALE[len(shape)].averaged
    return tuple(max(1, int(part * n / m)) for n, m in zip(shape, working, strict=True))


def positions(window: Window, shape: Sequence[int], working: Sequence[int]) -> list[np.ndarray]:
    """Return where the pixels of a window lie along each axis, in working pixels.

    Parameters
    ----------
    window
        A window of the image.
    shape, working
        Shape of the image, and its shape at the working size.
    """
    sides = zip(window, shape, working, strict=True)
    return [(np.arange(w.start, w.stop) + 0.5) * m / n - 0.5 for w, n, m in sides]


def labels_at(
    labels: np.ndarray, foreground: np.ndarray, places: Sequence[np.ndarray], threshold: float
) -> np.ndarray:
    """Enlarge a label map to the size of its image; nuclei end where the probability does.

    Parameters
    ----------
    labels
        ``(Z) Y X`` at the working size.
    foreground
        Foreground probability at the same pixels.
    places
        The wanted positions along each axis, evenly spaced, see :func:`positions`.
    threshold
        Foreground probability threshold.

    Returns
    -------
    numpy.ndarray
        uint32, each label in one piece.
    """
    index = [
        np.clip(np.floor(p + 0.5).astype(int), 0, n - 1)
        for p, n in zip(places, labels.shape, strict=True)
    ]
    # Labels grow by a pixel, so that the probability alone decides where nuclei end.
    grown = np.where(labels == 0, highest(labels, 3), labels)
    full = grown[np.ix_(*index)]
    full *= interpolate(foreground, places) >= threshold
    return largest_pieces(full.astype(np.uint32, copy=False))
