"""Overlapping tiles: plain records, and functions that cut and stitch. Any rank."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tile:
    """A window of an image: where it starts and how large it is along each axis."""

    start: tuple[int, ...]
    size: tuple[int, ...]

    @property
    def window(self) -> tuple[slice, ...]:
        """The window as slices of the image."""
        return tuple(slice(a, a + n) for a, n in zip(self.start, self.size, strict=True))


def plan_tiles(shape: Sequence[int], size: Sequence[int], overlap: Sequence[int]) -> list[Tile]:
    """Cover an image with tiles of one size, evenly spread, none reaching out of it.

    Parameters
    ----------
    shape
        Shape of the image.
    size
        Largest size of a tile; an axis shorter than it is covered by one tile of its length.
    overlap
        Least overlap of neighbours, smaller than `size`.

    Returns
    -------
    list of Tile
        In scan order; together they cover every pixel.
    """
    starts = []
    for length, side, shared in zip(shape, size, overlap, strict=True):
        assert 0 <= shared < side, "tiles must be larger than their overlap"
        last = max(0, length - side)
        count = 1 + math.ceil(last / (side - shared))
        starts.append([round(k * last / max(1, count - 1)) for k in range(count)])
    sides = tuple(min(n, s) for n, s in zip(shape, size, strict=True))
    return [Tile(start, sides) for start in itertools.product(*starts)]


def stitch(
    shape: Sequence[int], pieces: Iterable[tuple[Tile, np.ndarray]], overlap: Sequence[int]
) -> np.ndarray:
    """Blend results of tiles into one array.

    Each piece fades out linearly over the overlap, and every pixel is the weighted mean of
    the pieces that cover it, so that stitching what was cut gives the image back.

    Parameters
    ----------
    shape
        Shape of the image.
    pieces
        Tiles of :func:`plan_tiles` and their results, each of its tile's size.
    overlap
        As planned.

    Returns
    -------
    numpy.ndarray
        float32.
    """
    total = np.zeros(shape, np.float32)
    weight = np.zeros(shape, np.float32)
    for tile, piece in pieces:
        fade = _fade(tile.size, overlap)
        total[tile.window] += piece * fade
        weight[tile.window] += fade
    return total / weight


def _fade(size: Sequence[int], overlap: Sequence[int]) -> np.ndarray:
    """Weights that fall from 1 to near 0 towards every face of a tile."""
    fade = np.ones(size, np.float32)
    for axis, (n, shared) in enumerate(zip(size, overlap, strict=True)):
        depth = np.minimum(np.arange(n), np.arange(n)[::-1]) + 1
        ramp = np.minimum(1, depth / (shared + 1)).astype(np.float32)
        fade *= ramp.reshape([-1 if a == axis else 1 for a in range(len(size))])
    return fade
