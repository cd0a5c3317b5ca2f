"""Intensity levels of an image, measured by neighbourhood in bounded memory."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.normalisation import (
    Normalisation,
    filled,
    grid_of,
    levels_of,
    neighbourhood,
    varying_pixels,
)
from adgan.builtin.settings import NORMALISATION, NormalisationSettings
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window


@dataclass(frozen=True)
class NormalisationGrid:
    """The levels of each neighbourhood of an image, from which those of any window follow.

    Attributes
    ----------
    low, high
        Lower and upper level, one value per neighbourhood.
    sides
        Sides of a neighbourhood, in working pixels.
    how
        Settings of the normalisation.
    """

    low: np.ndarray
    high: np.ndarray
    sides: tuple[float, ...]
    how: NormalisationSettings

    def over(self, window: Window) -> Normalisation:
        """Return the levels at each pixel of a window of working pixels."""
        if self.low.size == 1:
            return Normalisation(self.low.item(), self.high.item(), self.how)
        places = [
            (np.arange(w.start, w.stop) + 0.5) / side - 0.5
            for w, side in zip(window, self.sides, strict=True)
        ]
        low, high = interpolate(self.low, places), interpolate(self.high, places)
        return Normalisation(low, high, self.how)


def measure_normalisation_grid(
    part_of: Callable[[Window], np.ndarray], shape: Sequence[int], chunk: int = 2**23
) -> NormalisationGrid:
    """Measure the levels of each neighbourhood in bounded memory.

    Constant areas, such as padding, do not count.

    Parameters
    ----------
    part_of
        Returns a window of the image at the working size.
    shape
        Shape of the image at the working size.
    chunk
        Working pixels in memory at a time.
    """
    how = NORMALISATION[len(shape)]
    grid = grid_of(shape, how)
    for everything in (False, True):  # all pixels count if almost none vary
        spans, changing, pixels = np.full((2, *grid), np.nan), 0, 0
        for places in _groups(grid, how, chunk):
            windows = [neighbourhood(place, shape, grid, how) for place in places]
            reach = _around(windows, shape, how.flat)
            part = part_of(reach)
            moves = np.ones(part.shape, bool) if everything else varying_pixels(part, how)
            for place, window in zip(places, windows, strict=True):
                inner: Window = tuple(
                    slice(w.start - r.start, w.stop - r.start)
                    for w, r in zip(window, reach, strict=True)
                )
                spans[0][place], spans[1][place] = levels_of(part[inner], moves[inner], how)
                changing += int(np.count_nonzero(moves[inner]))
                pixels += part[inner].size
        if changing >= how.varying * pixels and not np.isnan(spans).all():
            break
    low, high = filled(spans, how)
    sides = tuple(n / g for n, g in zip(shape, grid, strict=True))
    return NormalisationGrid(low, high, sides, how)


def measure_normalisation(image: np.ndarray) -> Normalisation:
    """Measure the levels at each pixel of an image ``(Z) Y X`` at the working size."""
    levels = measure_normalisation_grid(image.__getitem__, image.shape)
    return levels.over(tuple(slice(0, n) for n in image.shape))


def _groups(
    grid: Sequence[int], how: NormalisationSettings, chunk: int
) -> Iterator[list[tuple[int, ...]]]:
    """Yield the places of a grid in groups of neighbours that fit into memory together."""
    side = max(1, int(chunk ** (1 / len(grid)) / how.side))
    for corner in np.ndindex(*(-(-g // side) for g in grid)):
        ranges = (
            range(c * side, min((c + 1) * side, g)) for c, g in zip(corner, grid, strict=True)
        )
        yield list(itertools.product(*ranges))


def _around(windows: Sequence[Window], shape: Sequence[int], margin: int) -> Window:
    """Return the window that encloses windows, with a margin to find constant areas in."""
    return tuple(
        slice(
            max(0, min(w.start for w in axis) - margin), min(n, max(w.stop for w in axis) + margin)
        )
        for axis, n in zip(zip(*windows, strict=True), shape, strict=True)
    )
