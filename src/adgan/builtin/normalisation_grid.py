"""Intensity levels of a large image, measured by neighbourhood in bounded memory."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.normalisation import (
    BLOCK,
    CHANGING_FRACTION,
    FLAT_WINDOW_PIXELS,
    Normalisation,
    changes,
    grid_of,
    neighbourhood,
    settled,
    span_of,
)
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window

CHUNK_PIXELS = 2**23
"""Working pixels in memory at a time while the levels are measured."""


@dataclass(frozen=True)
class NormalisationGrid:
    """The levels of each neighbourhood of an image, from which those of any window follow.

    Attributes
    ----------
    low, high
        Lower and upper level, one value per neighbourhood.
    sides
        Sides of a neighbourhood, in working pixels.
    """

    low: np.ndarray
    high: np.ndarray
    sides: tuple[float, ...]

    def over(self, window: Window) -> Normalisation:
        """Return the levels at each pixel of a window of working pixels."""
        places = [
            (np.arange(w.start, w.stop) + 0.5) / side - 0.5
            for w, side in zip(window, self.sides, strict=True)
        ]
        return Normalisation(interpolate(self.low, places), interpolate(self.high, places))


def measure_normalisation_grid(
    part_of: Callable[[Window], np.ndarray], shape: Sequence[int]
) -> NormalisationGrid:
    """Measure the levels of each neighbourhood in bounded memory.

    They equal those of :func:`adgan.builtin.normalisation.measure_normalisation`.

    Parameters
    ----------
    part_of
        Returns a window of the image at the working size.
    shape
        Shape of the image at the working size.
    """
    grid = grid_of(shape)
    for everything in (False, True):  # all pixels count if almost none vary
        spans, changing, pixels = np.full((2, *grid), np.nan), 0, 0
        for places in _groups(grid):
            windows = [neighbourhood(place, shape, grid) for place in places]
            reach = _around(windows, shape)
            part = part_of(reach)
            moves = np.ones(part.shape, bool) if everything else changes(part)
            for place, window in zip(places, windows, strict=True):
                inner: Window = tuple(
                    slice(w.start - r.start, w.stop - r.start)
                    for w, r in zip(window, reach, strict=True)
                )
                spans[0][place], spans[1][place] = span_of(part[inner], moves[inner])
                changing += int(np.count_nonzero(moves[inner]))
                pixels += part[inner].size
        if changing >= CHANGING_FRACTION * pixels and not np.isnan(spans).all():
            break
    low, high = settled(spans)
    return NormalisationGrid(low, high, tuple(n / g for n, g in zip(shape, grid, strict=True)))


def _groups(grid: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield the places of a grid in groups of neighbours that fit into memory together."""
    side = max(1, int(CHUNK_PIXELS ** (1 / len(grid)) / BLOCK[len(grid)]))
    for corner in np.ndindex(*(-(-g // side) for g in grid)):
        ranges = (
            range(c * side, min((c + 1) * side, g)) for c, g in zip(corner, grid, strict=True)
        )
        yield list(itertools.product(*ranges))


def _around(windows: Sequence[Window], shape: Sequence[int]) -> Window:
    """Return the window that encloses windows, with the margin that :func:`changes` needs."""
    margin = FLAT_WINDOW_PIXELS
    return tuple(
        slice(
            max(0, min(w.start for w in axis) - margin), min(n, max(w.stop for w in axis) + margin)
        )
        for axis, n in zip(zip(*windows, strict=True), shape, strict=True)
    )
