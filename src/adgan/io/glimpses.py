"""Windows of a large image: slabs that cover all of it, or the windows of highest contrast."""

import math
from collections.abc import Sequence

import numpy as np
from skimage.measure import block_reduce

from adgan.io.windowed import Window, Windowed

PROBES_PER_AXIS_MAX = 16
"""Number of small probes per axis that find the windows of highest contrast."""
SLAB_PIXELS = 2**24
"""Approximate number of pixels of a slab of an image."""
TILE_ROWS = 512
"""Number of rows that is a multiple of the tile height in most tiled files."""


def slabs(shape: Sequence[int]) -> list[Window]:
    """Cut an image along its first axis into windows of about :data:`SLAB_PIXELS`."""
    depth = max(1, SLAB_PIXELS // math.prod(shape[1:]))
    if depth > TILE_ROWS:
        depth = depth // TILE_ROWS * TILE_ROWS  # decodes no tile twice
    rest = tuple(slice(0, n) for n in shape[1:])
    return [(slice(a, min(a + depth, shape[0])), *rest) for a in range(0, shape[0], depth)]


def glimpses(source: Windowed, number: int, side: int) -> list[Window]:
    """Return the windows of a large image with the highest contrast, without overlap.

    A grid of small probes, ranked by the standard deviation of their pixels, finds them.

    Parameters
    ----------
    source
        The image.
    number
        Largest number of windows.
    side
        Side of a window, in pixels.
    """
    shape = source.shape
    probe = [max(1, min(n, side // 4)) for n in shape]
    grid = [min(PROBES_PER_AXIS_MAX, -(-2 * n // side)) for n in shape]
    ranked = []
    for place in np.ndindex(*grid):
        middles = [int((p + 0.5) * n / g) for p, n, g in zip(place, shape, grid, strict=True)]
        part = source[_around(middles, probe, shape)]
        finite = part[np.isfinite(part)] if part.dtype.kind == "f" else part
        contrast = float(np.std(finite.astype(np.float32))) if finite.size else 0.0
        ranked.append((contrast, middles))
    ranked.sort(key=lambda pair: -pair[0])
    chosen: list[list[int]] = []
    for _, middles in ranked:
        far = (max(abs(a - b) for a, b in zip(middles, m, strict=True)) >= side for m in chosen)
        if len(chosen) < number and all(far):
            chosen.append(middles)
    return [_around(middles, [side] * len(shape), shape) for middles in chosen]


def _around(middles: Sequence[int], sides: Sequence[int], shape: Sequence[int]) -> Window:
    starts = [max(0, min(m - s // 2, n - s)) for m, s, n in zip(middles, sides, shape, strict=True)]
    return tuple(slice(a, min(a + s, n)) for a, s, n in zip(starts, sides, shape, strict=True))


def coarse_copy(source: Windowed, side: int) -> tuple[np.ndarray, int]:
    """Return a smaller copy, float32, of block averages, and the side of a block in pixels.

    Parameters
    ----------
    source
        The image.
    side
        Approximate upper limit of the copy's longest side, in pixels.
    """
    factor = max(1, -(-max(source.shape) // side))
    whole = [n // factor * factor or n for n in source.shape]
    blocks = tuple(min(factor, n) for n in whole)
    parts = []
    for window in slabs((whole[0] // blocks[0], *whole[1:])):
        rows = slice(window[0].start * blocks[0], window[0].stop * blocks[0])
        part = source[(rows, *(slice(0, n) for n in whole[1:]))]
        parts.append(block_reduce(part.astype(np.float32), blocks, np.mean))
    return np.concatenate(parts), factor
