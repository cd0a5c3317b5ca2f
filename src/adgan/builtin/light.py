"""Intensities as the built-in model sees them: measured once, then applied to any part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.boxes import highest, lowest
from adgan.enlarge import enlarge, interpolate

POWER = 0.5
"""Power between the levels: the middle of what training drew."""
SHIFT, SCALE = 0.45, 0.3
"""About the mean and the deviation of what follows, so that the network's input is near unit."""
HIGHEST = 3.0
"""Light beyond the upper level, in its units, where it is cut off."""
PERCENTILES = 1.0, 99.7
"""Brought to 0 and 1, within one neighbourhood."""
BLOCK = {2: 176, 3: 48}
"""Side of a neighbourhood in working pixels, by rank: that of the scenes networks learn from."""
FLOOR = 0.2
"""Least span of the levels, over the largest of all neighbourhoods: what is empty stays dim."""
FLAT = 5
"""Side of a window within which nothing changes in padding, and in a background cut to 0."""
ENOUGH = 0.02
"""Share of an image that must not be flat for the flat rest to be left out of the levels."""


@dataclass(frozen=True)
class Light:
    """The intensities that become 0 and 1 before a power and a fixed shift and scale.

    ``low`` and ``high`` are numbers, or arrays that broadcast over the image.
    """

    low: float | np.ndarray
    high: float | np.ndarray
    power: float = POWER

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Return float32 of the same shape."""
        span = np.maximum(np.subtract(self.high, self.low), 1e-12)
        unit = np.clip((pixels.astype(np.float32) - self.low) / span, 0, HIGHEST)
        return ((unit**self.power - SHIFT) / SCALE).astype(np.float32)


def negative(pixels: np.ndarray) -> np.ndarray:
    """Return an image with dark for bright, within the same range."""
    return np.asarray(pixels.max() + pixels.min() - pixels)


def levels(pixels: np.ndarray, percentiles: tuple[float, float] = PERCENTILES) -> Light:
    """Measure the levels of a scene as a whole."""
    low, high = _at(pixels, percentiles)
    return Light(float(low), float(high))


def _at(values: np.ndarray, percentiles: tuple[float, float]) -> np.ndarray:
    # What np.percentile gives; its partition takes four times as long as NumPy's sort.
    places = np.divide(percentiles, 100) * (values.size - 1)
    return interpolate(np.sort(values, axis=None), [places])


def measure_light(image: np.ndarray) -> Light:
    """Measure the levels of an image, neighbourhood by neighbourhood where it is large.

    Padding, which never changes from pixel to pixel, does not count.

    Parameters
    ----------
    image
        float ``(Z) Y X`` at the working scale.
    """
    changing = changes(image)
    if changing.mean() < ENOUGH:
        changing[:] = True
    grid = grid_of(image.shape)
    if max(grid) == 1:
        return levels(image[changing])
    spans = np.full((2, *grid), np.nan)
    for place in np.ndindex(*grid):
        window = neighbourhood(place, image.shape, grid)
        spans[(slice(None), *place)] = span_of(image[window], changing[window])
    if np.isnan(spans).all():  # so little changes in each that none tells
        return levels(image[changing])
    low, high = settled(spans)
    sides = [n / g for n, g in zip(image.shape, grid, strict=True)]
    return Light(enlarge(low, image.shape, sides), enlarge(high, image.shape, sides))


def changes(image: np.ndarray) -> np.ndarray:
    """Return where an image changes from pixel to pixel."""
    return np.asarray(highest(image, FLAT) > lowest(image, FLAT))


def grid_of(shape: Sequence[int]) -> list[int]:
    """Return how many neighbourhoods an image has along each axis."""
    return [max(1, round(n / BLOCK[len(shape)])) for n in shape]


def neighbourhood(
    place: Sequence[int], shape: Sequence[int], grid: Sequence[int]
) -> tuple[slice, ...]:
    """Return the pixels of one neighbourhood, which reaches half a block into those beside it."""
    return tuple(
        slice(max(0, int((p - 0.25) * n / g)), min(n, int((p + 1.25) * n / g)))
        for p, n, g in zip(place, shape, grid, strict=True)
    )


def span_of(values: np.ndarray, changing: np.ndarray) -> np.ndarray:
    """Return the levels of one neighbourhood, nan where too little changes in it."""
    told = values[changing]
    if len(told) <= ENOUGH * values.size:
        return np.full(2, np.nan)
    return _at(told, PERCENTILES)


def settled(spans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper levels of all neighbourhoods, ``2 grid``, the empty ones' too."""
    low, high = spans
    usual = np.nanmedian(low)
    low = np.where(np.isnan(low), usual, low)
    return low, np.fmax(high, low + FLOOR * np.nanmax(spans[1] - spans[0]))
