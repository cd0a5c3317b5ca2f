"""Rescale images to the working nucleus size, and network output back to the original size."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import ndimage

from adgan.image.enlarge import interpolate

NETWORK_SIDE_MIN_PIXELS = 16
"""Smallest side of a network input, in working pixels; smaller images are padded."""
SMOOTHING_REACH_SIGMAS = 4.0
"""Radius of the smoothing kernel in standard deviations."""
Window = tuple[slice, ...]


def working_shape(shape: Sequence[int], scale: Sequence[float]) -> tuple[int, ...]:
    """Return the shape of a rescaled image, at least 1 along each axis."""
    return tuple(max(1, round(n * s)) for n, s in zip(shape, scale, strict=True))


def rescale(array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Interpolate linearly to another shape; axes that are reduced are smoothed first.

    Parameters
    ----------
    array
        ``(Z) Y X``, float.
    shape
        The new shape.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    if tuple(shape) == array.shape:
        return array.astype(np.float32, copy=False)
    every = tuple(slice(0, n) for n in shape)
    return rescale_window(array.__getitem__, array.shape, shape, every)


def rescale_window(
    part_of: Callable[[Window], np.ndarray],
    shape: Sequence[int],
    whole: Sequence[int],
    window: Window,
) -> np.ndarray:
    """Return a window of the result of :func:`rescale`, from the part of the image that it needs.

    Parameters
    ----------
    part_of
        Returns a window of the image, float.
    shape
        Shape of the image.
    whole
        Shape of the rescaled image.
    window
        Window of the rescaled image.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    sides = list(zip(window, whole, shape, strict=True))
    # Smoothing removes detail between two new pixels, as in scikit-image's resize.
    sigmas = [max(0.0, (n / m - 1) / 2) for _, m, n in sides]
    places = [
        np.clip((np.arange(w.start, w.stop) + 0.5) * n / m - 0.5, 0, n - 1) for w, m, n in sides
    ]
    near = tuple(
        slice(
            max(0, int(p[0] - SMOOTHING_REACH_SIGMAS * s) - 1),
            min(n, int(p[-1] + SMOOTHING_REACH_SIGMAS * s) + 3),
        )
        for p, s, n in zip(places, sigmas, shape, strict=True)
    )
    part = part_of(near)
    if max(sigmas) * SMOOTHING_REACH_SIGMAS >= 0.5:  # else no neighbour has a weight
        part = ndimage.gaussian_filter(part, sigmas, mode="mirror", truncate=SMOOTHING_REACH_SIGMAS)
    return interpolate(part, [p - w.start for p, w in zip(places, near, strict=True)])


def nearest(labels: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Resize a label map ``(Z) Y X`` by nearest-neighbour interpolation."""
    for axis, (n, m) in enumerate(zip(shape, labels.shape, strict=True)):
        places = np.minimum(((np.arange(n) + 0.5) * m / n).astype(int), m - 1)
        labels = np.take(labels, places, axis)
    return labels
