"""Images to the working size of a nucleus, and network output back to the image's own."""

from collections.abc import Sequence

import numpy as np
from skimage.transform import resize

from adgan.enlarge import enlarge

LEAST = 16
"""Least side, in working pixels, that goes through the networks: smaller ones are continued."""


def working_shape(shape: Sequence[int], scale: Sequence[float]) -> tuple[int, ...]:
    """Return the shape of an image once scaled, at least 1 along each axis."""
    return tuple(max(1, round(n * s)) for n, s in zip(shape, scale, strict=True))


def rescale(array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Interpolate linearly to another shape; smoothed first where it shrinks.

    Parameters
    ----------
    array
        ``(Z) Y X``, float.
    shape
        The wanted shape.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    if tuple(shape) == array.shape:
        return array.astype(np.float32, copy=False)
    steps = [new / old for new, old in zip(shape, array.shape, strict=True)]
    if min(steps) >= 1:
        return enlarge(array, shape, steps)
    return resize(array, shape, order=1, mode="reflect", anti_aliasing=True).astype(np.float32)


def nearest(labels: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Bring a label map ``(Z) Y X`` to another shape by taking the nearest pixel."""
    places = (
        np.minimum(((np.arange(n) + 0.5) * m / n).astype(int), m - 1)
        for n, m in zip(shape, labels.shape, strict=True)
    )
    return labels[np.ix_(*places)]
