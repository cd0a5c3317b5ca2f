"""Rescale images to the working size and label maps back."""

from collections.abc import Sequence

import numpy as np
from skimage.measure import block_reduce

from adgan.builtin.settings import WORKING_SCALE
from adgan.image.boxes import highest
from adgan.image.enlarge import interpolate
from adgan.image.scale import rescale, working_shape
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


def labels_to_full(
    labels: np.ndarray, foreground: np.ndarray, shape: Sequence[int], threshold: float
) -> np.ndarray:
    """Enlarge a label map to the size of its image; nuclei end where the probability does.

    Parameters
    ----------
    labels
        ``(Z) Y X`` at the working size.
    foreground
        Foreground probability at the same pixels.
    shape
        Shape of the image.
    threshold
        Foreground probability threshold.
    """
    places = [(np.arange(n) + 0.5) * m / n - 0.5 for n, m in zip(shape, labels.shape, strict=True)]
    return labels_at(labels, foreground, places, threshold)


def labels_at(
    labels: np.ndarray, foreground: np.ndarray, places: Sequence[np.ndarray], threshold: float
) -> np.ndarray:
    """Return a label map at positions between its pixels, uint32, each label in one piece.

    Parameters
    ----------
    labels, foreground, threshold
        See :func:`labels_to_full`.
    places
        The wanted positions along each axis, evenly spaced, in pixels of the label map.
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
