"""Sums over blocks of pixels, and linear interpolation between blocks or to more pixels."""

from collections.abc import Sequence

import numpy as np


def enlarge(array: np.ndarray, shape: Sequence[int], steps: Sequence[float]) -> np.ndarray:
    """Interpolate linearly between the centres of large pixels; constant beyond the outermost.

    Parameters
    ----------
    array
        Float, any number of axes.
    shape
        The new shape.
    steps
        Distance between large pixels in small pixels, per axis; the outer edges of the first large
        and small pixel coincide.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    places = [(np.arange(n) + 0.5) / step - 0.5 for n, step in zip(shape, steps, strict=True)]
    return interpolate(array, places)


def interpolate(array: np.ndarray, places: Sequence[np.ndarray]) -> np.ndarray:
    """Interpolate linearly at pixel positions along each axis; constant beyond the outermost.

    Returns
    -------
    numpy.ndarray
        float32, with as many pixels along each axis as there are positions.
    """
    array = array.astype(np.float32)  # a copy, as axes without change are left out
    for axis, wanted in enumerate(places):
        last = array.shape[axis] - 1
        if np.array_equal(wanted, np.arange(last + 1)):
            continue
        at = np.clip(wanted, 0, last)
        low = at.astype(int)
        part = (at - low).astype(np.float32)
        part = part.reshape([-1 if a == axis else 1 for a in range(array.ndim)])
        one = np.take(array, low, axis)
        other = np.take(array, np.minimum(low + 1, last), axis)
        other -= one
        other *= part
        other += one
        array = other
    return array


def block_sums(array: np.ndarray, blocks: Sequence[int]) -> np.ndarray:
    """Sum an array over blocks of pixels; the last blocks may be smaller."""
    for axis, block in enumerate(blocks):
        lines = np.moveaxis(array, axis, 0)
        sums = lines[::block].astype(np.float32)
        for k in range(1, block):
            part = lines[k::block]
            sums[: len(part)] += part
        array = np.moveaxis(sums, 0, axis)
    return array
