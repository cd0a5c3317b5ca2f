"""Images to the working size of a nucleus, and network output back to the image's own."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import ndimage

from adgan.enlarge import enlarge, interpolate

LEAST_SIDE = 16
"""Least side, in working pixels, that goes through the networks: smaller ones are continued."""
TRUNCATE = 4.0
"""Standard deviations that smoothing reaches."""
Window = tuple[slice, ...]


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
    # What lies between two new pixels is smoothed away, as scikit-image's resize does it.
    sigmas = [max(0, (1 / step - 1) / 2) for step in steps]
    if max(sigmas) * TRUNCATE >= 0.5:  # else no neighbour has a weight
        array = ndimage.gaussian_filter(array, sigmas, mode="mirror", truncate=TRUNCATE)
    return enlarge(array, shape, steps)


def rescale_window(
    part_of: Callable[[Window], np.ndarray],
    shape: Sequence[int],
    whole: Sequence[int],
    window: Window,
) -> np.ndarray:
    """Return a window of what :func:`rescale` makes of an image too large to be rescaled at once.

    Parameters
    ----------
    part_of
        Returns a window of the image, float.
    shape
        Of the image.
    whole
        The shape that it is brought to.
    window
        Of the result.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    sides = list(zip(window, whole, shape, strict=True))
    sigmas = [max(0.0, (n / m - 1) / 2) for _, m, n in sides]
    places = [
        np.clip((np.arange(w.start, w.stop) + 0.5) * n / m - 0.5, 0, n - 1) for w, m, n in sides
    ]
    near = tuple(
        slice(max(0, int(p[0] - TRUNCATE * s) - 1), min(n, int(p[-1] + TRUNCATE * s) + 3))
        for p, s, n in zip(places, sigmas, shape, strict=True)
    )
    part = part_of(near)
    if max(sigmas) * TRUNCATE >= 0.5:  # else no neighbour has a weight
        part = ndimage.gaussian_filter(part, sigmas, mode="mirror", truncate=TRUNCATE)
    return interpolate(part, [p - w.start for p, w in zip(places, near, strict=True)])


def nearest(labels: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Bring a label map ``(Z) Y X`` to another shape by taking the nearest pixel."""
    for axis, (n, m) in enumerate(zip(shape, labels.shape, strict=True)):
        places = np.minimum(((np.arange(n) + 0.5) * m / n).astype(int), m - 1)
        labels = np.take(labels, places, axis)
    return labels
