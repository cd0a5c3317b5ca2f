"""Overlapping tiles of images and volumes: plain records, and functions that cut and stitch."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Tile:
    """A window of an image, and its core, which belongs to no other tile.

    All values are image pixels per axis: the start and the size of the window, and the start and
    the end of the core.
    """

    start: tuple[int, ...]
    size: tuple[int, ...]
    core: tuple[tuple[int, int], ...]

    @property
    def window(self) -> tuple[slice, ...]:
        """The window as slices of the image."""
        return tuple(slice(a, a + n) for a, n in zip(self.start, self.size, strict=True))

    @property
    def inner(self) -> tuple[slice, ...]:
        """The core as slices of the window."""
        return tuple(slice(a - s, b - s) for s, (a, b) in zip(self.start, self.core, strict=True))


def plan_tiles(
    shape: Sequence[int], size: Sequence[int], overlap: Sequence[int], step: int = 1
) -> list[Tile]:
    """Cover an image with evenly spaced tiles of one size that stay within the image.

    Parameters
    ----------
    shape
        Shape of the image.
    size
        Largest size of a tile; a shorter axis is covered by a single tile.
    overlap
        Minimum overlap of neighbours, smaller than `size`.
    step
        Tiles and cores start at multiples of it, so that a network that halves sizes processes
        every tile on the grid of the whole image; divides `shape`, `size` and `overlap`.

    Returns
    -------
    list of Tile
        In scan order. Windows cover every pixel, cores each pixel once.
    """
    axes = []
    for length, side, shared in zip(shape, size, overlap, strict=True):
        assert 0 <= shared < side, "tiles must be larger than their overlap"
        assert not any(n % step for n in (length, side, shared)), "sizes must be whole steps"
        last = max(0, length - side) // step
        count = 1 + math.ceil(last / ((side - shared) // step))
        starts = [k * last // max(1, count - 1) * step for k in range(count)]
        # The cores of neighbours meet in the middle of their overlap.
        cuts = [(a + b + side) // (2 * step) * step for a, b in itertools.pairwise(starts)]
        axes.append(list(zip(starts, itertools.pairwise([0, *cuts, length]), strict=True)))
    sides = tuple(min(n, s) for n, s in zip(shape, size, strict=True))
    return [
        Tile(tuple(start for start, _ in place), sides, tuple(core for _, core in place))
        for place in itertools.product(*axes)
    ]


def fitting(length: int, most: int, shared: int, step: int) -> int:
    """Return the smallest tile side that does not increase the number of tiles along an axis.

    Parameters
    ----------
    length
        Length of the axis in pixels.
    most
        Largest side of a tile.
    shared
        Overlap of neighbours.
    step
        Sides are multiples of it.
    """
    if length <= most:
        return most
    count = math.ceil((length - shared) / (most - shared))
    return min(most, math.ceil((length + (count - 1) * shared) / count / step) * step)


def stitch(
    shape: Sequence[int], pieces: Iterable[tuple[Tile, np.ndarray]], overlap: Sequence[int]
) -> np.ndarray:
    """Blend results of tiles into one array.

    In an overlap, the outer quarter of each tile, which has the least context, is ignored, and the
    tiles fade linearly into each other in between. Every pixel is the weighted mean of the pieces
    that cover it, so that stitching the pieces of an image restores the image.

    Parameters
    ----------
    shape
        Shape of the image.
    pieces
        Tiles of :func:`plan_tiles` and their results, each with the size of its tile, and possibly
        channels in front.
    overlap
        As for :func:`plan_tiles`.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    total, weight = None, np.zeros(shape, np.float32)
    for tile, piece in pieces:
        if total is None:
            total = np.zeros((*piece.shape[: -len(shape)], *shape), np.float32)
        fade = _fade(tile, shape, overlap)
        place: Any = (..., *tile.window)
        total[place] += piece * fade
        weight[tile.window] += fade
    assert total is not None, "tiles cover the image"
    total /= weight
    return total


def _fade(tile: Tile, shape: Sequence[int], overlap: Sequence[int]) -> np.ndarray:
    """Return the weights of a tile's pixels, which fall to 0 towards edges inside the image."""
    fade = np.ones(tile.size, np.float32)
    sides = zip(tile.start, tile.size, shape, overlap, strict=True)
    for axis, (start, n, length, shared) in enumerate(sides):
        depth = np.full(n, np.inf)
        if start > 0:
            depth = np.minimum(depth, np.arange(n) + 0.5)
        if start + n < length:
            depth = np.minimum(depth, np.arange(n)[::-1] + 0.5)
        ramp = np.clip((depth - shared / 4) / (shared / 2), 0, 1) if shared else np.ones(n)
        fade *= ramp.astype(np.float32).reshape([-1 if a == axis else 1 for a in range(fade.ndim)])
    return fade


def centre(image: np.ndarray, sides: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the middle of an image, at most `sides` pixels per axis."""
    starts = [max(0, (n - int(side)) // 2) for n, side in zip(image.shape, sides, strict=True)]
    return image[tuple(slice(s, s + int(side)) for s, side in zip(starts, sides, strict=True))]
