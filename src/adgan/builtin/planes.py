"""See the planes of a volume with the network for images, beside the network for volumes.

The network for images sees nuclei twice as large as the network for volumes, and learnt longer.
The two err in different places, so the mean of their predictions is better than either.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from adgan.builtin.settings import PLANES
from adgan.image.enlarge import interpolate
from adgan.instances.votes import Maps

PASS_PIXELS = 2**17
"""Number of pixels that the network sees in one pass; more are no faster."""


def join_planes(maps: Maps, volume: np.ndarray, maps_of: Callable[[np.ndarray], Maps]) -> Maps:
    """Average the predictions on voxels with those on planes.

    Parameters
    ----------
    maps
        Output of the network for volumes.
    volume
        Its input, float32 ``Z Y X``.
    maps_of
        Applies the network for images to planes of one size, ``N Y X``.

    Returns
    -------
    Maps
        Probability of foreground and offsets are those of both, all else that of `maps`.
    """
    foreground, offset = see_planes(volume, maps_of, PLANES.zoom)
    part = np.float32(PLANES.weight)
    return replace(
        maps,
        foreground=maps.foreground + part * (foreground - maps.foreground),
        offset=maps.offset + part * (offset / np.float32(maps.unit) - maps.offset),
    )


def see_planes(
    volume: np.ndarray,
    maps_of: Callable[[np.ndarray], Maps],
    zoom: float,
    axes: Sequence[int] = (0, 1, 2),
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the network for images to all planes across each of some axes.

    A plane tells where the middle of a nucleus lies along its two axes; each axis lies in two of
    the three sets of planes.

    Parameters
    ----------
    volume
        float32 ``Z Y X``, intensities normalised.
    maps_of
        Applies the network to planes of one size, ``N Y X``.
    zoom
        Enlargement of the planes.
    axes
        Axes that the planes lie across.

    Returns
    -------
    foreground
        Mean probability of foreground, float32 ``Z Y X``.
    offset
        Vectors to the middle of the nucleus, in voxels, float32 ``3 Z Y X``; 0 along an axis that
        lies in none of the planes.
    """
    foreground = np.zeros(volume.shape, np.float32)
    offset = np.zeros((3, *volume.shape), np.float32)
    for axis in axes:
        number, others = volume.shape[axis], [a for a in range(3) if a != axis]
        stack, seen = np.moveaxis(volume, axis, 0), np.moveaxis(foreground, axis, 0)
        finer = [(np.arange(math.ceil(n * zoom)) + 0.5) / zoom - 0.5 for n in stack.shape[1:]]
        back = [(np.arange(n) + 0.5) * zoom - 0.5 for n in stack.shape[1:]]
        step = max(1, PASS_PIXELS // math.prod(len(side) for side in finer))
        for start in range(0, number, step):
            part = slice(start, start + step)
            each = np.arange(len(stack[part]))
            maps = maps_of(interpolate(stack[part], [each, *finer]))
            seen[part] += interpolate(maps.foreground, [each, *back]) / len(axes)
            for a, ways in zip(others, maps.offset, strict=True):
                seen_in = sum(a != other for other in axes)
                way = interpolate(ways, [each, *back]) * (maps.unit / zoom / seen_in)
                np.moveaxis(offset[a], axis, 0)[part] += way
    return np.clip(foreground, 0, 1, out=foreground), offset
