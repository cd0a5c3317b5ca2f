"""Intensity normalisation of the built-in model: measured once, then applied to any part."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.settings import NORMALISATION, NormalisationSettings
from adgan.image.boxes import highest, lowest
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window

CHUNK_PIXELS = 2**23
"""Approximate number of working pixels in memory at a time."""


@dataclass(frozen=True)
class Normalisation:
    """The intensities that become 0 and 1, before a gamma and a fixed shift and scale.

    ``low`` and ``high`` are numbers, or arrays that broadcast over the image.
    """

    low: float | np.ndarray
    high: float | np.ndarray
    how: NormalisationSettings = NormalisationSettings()

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Return the normalised pixels, float32 of the same shape."""
        how, span = self.how, np.maximum(np.subtract(self.high, self.low), 1e-12)
        unit = np.clip((pixels.astype(np.float32) - self.low) / span, 0, how.clip)
        return ((unit**how.gamma - how.shift) / how.scale).astype(np.float32)


def with_bright_nuclei(pixels: np.ndarray, inverted: bool) -> np.ndarray:
    """Return the image, or its negative if it is `inverted`, float32 with 0 as its lowest value.

    Without a common lowest value, rounding would make nuclei of a negative differ.
    """
    values = pixels.astype(np.float32)
    return values.max() - values if inverted else values - values.min()


def global_normalisation(
    pixels: np.ndarray, how: NormalisationSettings | None = None
) -> Normalisation:
    """Measure the levels of an image as a whole."""
    how = how or NORMALISATION[pixels.ndim]
    low, high = _at(pixels, how.percentiles)
    return Normalisation(float(low), float(high), how)


def _at(values: np.ndarray, percentiles: tuple[float, float]) -> np.ndarray:
    # The same as np.percentile, whose partition takes four times as long as NumPy's sort.
    places = np.divide(percentiles, 100) * (values.size - 1)
    return interpolate(np.sort(values, axis=None), [places])


def varying_pixels(image: np.ndarray, how: NormalisationSettings) -> np.ndarray:
    """Return the pixels at which an image is not constant, bool."""
    return np.asarray(highest(image, how.flat) > lowest(image, how.flat))


def grid_of(shape: Sequence[int], how: NormalisationSettings) -> list[int]:
    """Return the number of neighbourhoods along each axis."""
    return [max(1, round(n / how.side)) for n in shape]


def neighbourhood(
    place: Sequence[int], shape: Sequence[int], grid: Sequence[int], how: NormalisationSettings
) -> tuple[slice, ...]:
    """Return the window of one neighbourhood, which reaches a little into its neighbours."""
    before, after = -how.reach, 1 + how.reach
    return tuple(
        slice(max(0, int((p + before) * n / g)), min(n, int((p + after) * n / g)))
        for p, n, g in zip(place, shape, grid, strict=True)
    )


def levels_of(values: np.ndarray, varying: np.ndarray, how: NormalisationSettings) -> np.ndarray:
    """Return the levels of one neighbourhood; nan if too few of its pixels vary."""
    counted = values[varying]
    if len(counted) <= how.varying * values.size:
        return np.full(2, np.nan)
    return _at(counted, how.percentiles)


def filled(spans: np.ndarray, how: NormalisationSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper levels, with those of empty neighbourhoods filled in.

    Parameters
    ----------
    spans
        Lower and upper level of each neighbourhood, ``2`` by the grid; nan where it is empty.
    how
        Smallest range of a neighbourhood.
    """
    low, high = spans
    usual = np.nanmedian(low)
    low = np.where(np.isnan(low), usual, low)
    return low, np.fmax(high, low + how.span * np.nanmax(spans[1] - spans[0]))


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
    part_of: Callable[[Window], np.ndarray], shape: Sequence[int]
) -> NormalisationGrid:
    """Measure the levels of each neighbourhood in bounded memory.

    Constant areas, such as padding, do not count.

    Parameters
    ----------
    part_of
        Returns a window of the image at the working size.
    shape
        Shape of the image at the working size.
    """
    how = NORMALISATION[len(shape)]
    grid = grid_of(shape, how)
    for everything in (False, True):  # all pixels count if almost none vary
        spans, changing, pixels = np.full((2, *grid), np.nan), 0, 0
        for places in _groups(grid, how):
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


def _groups(grid: Sequence[int], how: NormalisationSettings) -> Iterator[list[tuple[int, ...]]]:
    """Yield the places of a grid in groups of neighbours that fit into memory together."""
    side = max(1, int(CHUNK_PIXELS ** (1 / len(grid)) / how.side))
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
