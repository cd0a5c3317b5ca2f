"""See the planes of a volume with the network for images, beside the network for volumes.

The network for images sees nuclei twice as large as the network for volumes, and learnt longer.
The two err in different places, so the mean of their predictions is better than either.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from adgan.builtin.settings import PLANES
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window
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
    volume: np.ndarray, maps_of: Callable[[np.ndarray], Maps], zoom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the network for images to all planes across each of the three axes.

    A plane tells where the middle of a nucleus lies along its two axes; each axis lies in two of
    the three sets of planes.

    Parameters
    ----------
    volume, maps_of, zoom
        See :func:`planes_across`.

    Returns
    -------
    foreground
        Mean probability of foreground, float32 ``Z Y X``.
    offset
        Vectors to the middle of the nucleus, in voxels, float32 ``3 Z Y X``.
    """
    foreground = np.zeros(volume.shape, np.float32)
    offset = np.zeros((3, *volume.shape), np.float32)
    for axis in range(3):
        for part, seen, ways in planes_across(volume, axis, maps_of, zoom):
            foreground[part] += seen / 3
            for other, way in ways.items():
                offset[other][part] += way / 2
    return np.clip(foreground, 0, 1, out=foreground), offset


def planes_across(
    volume: np.ndarray, axis: int, maps_of: Callable[[np.ndarray], Maps], zoom: float
) -> Iterator[tuple[Window, np.ndarray, dict[int, np.ndarray]]]:
    """Apply the network for images to the planes across one axis, a few at a time.

    Parameters
    ----------
    volume
        float32 ``Z Y X``, intensities normalised.
    axis
        The axis that the planes lie across.
    maps_of
        Applies the network to planes of one size, ``N Y X``.
    zoom
        Enlargement of the planes.

    Yields
    ------
    part
        The window of the volume that these planes are.
    foreground
        Their probability of foreground, float32, of the shape of the window.
    offset
        By axis of the planes, the way along it to the middle of the nucleus, in voxels.
    """
    others = [a for a in range(3) if a != axis]
    stack = np.moveaxis(volume, axis, 0)
    finer = [(np.arange(math.ceil(n * zoom)) + 0.5) / zoom - 0.5 for n in stack.shape[1:]]
    back = [(np.arange(n) + 0.5) * zoom - 0.5 for n in stack.shape[1:]]
    step = max(1, PASS_PIXELS // math.prod(len(side) for side in finer))
    for start in range(0, len(stack), step):
        planes = slice(start, start + step)
        each = np.arange(len(stack[planes]))
        maps = maps_of(interpolate(stack[planes], [each, *finer]))

        def own(values: np.ndarray, each: np.ndarray = each) -> np.ndarray:
            return np.moveaxis(interpolate(values, [each, *back]), 0, axis)

        part = tuple(planes if a == axis else slice(None) for a in range(3))
        ways = zip(others, maps.offset, strict=True)
        yield part, own(maps.foreground), {a: own(way) * (maps.unit / zoom) for a, way in ways}
