"""Intensity normalisation of the built-in model: measured once, then applied to any part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.boxes import highest, lowest
from adgan.image.enlarge import enlarge, interpolate

GAMMA = 0.5
"""Gamma between the two levels: the middle of the range that training draws from."""
SHIFT, SCALE = 0.45, 0.3
"""Approximate mean and standard deviation after the gamma; they standardise the network's input."""
HIGHEST = 3.0
"""Intensity at which bright pixels are clipped, where 0 and 1 are the two levels."""
PERCENTILES = 1.0, 99.7
"""Percentiles of a neighbourhood that become its two levels, 0 and 1."""
BLOCK = {2: 176, 3: 48}
"""Side of a neighbourhood in working pixels, by number of axes: that of a training scene."""
SPAN_FLOOR_FRACTION = 0.2
"""Smallest span of the levels, relative to the largest of all neighbourhoods: keeps empty ones dim.
"""
FLAT_WINDOW_PIXELS = 5
"""Side of the window by which constant areas, such as padding or a clipped background, are
found."""
CHANGING_FRACTION = 0.02
"""Fraction of an image that must vary for its constant areas to be left out of the levels."""


@dataclass(frozen=True)
class Normalisation:
    """The intensities that become 0 and 1, before a gamma and a fixed shift and scale.

    ``low`` and ``high`` are numbers, or arrays that broadcast over the image.
    """

    low: float | np.ndarray
    high: float | np.ndarray
    gamma: float = GAMMA

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """Return the normalised pixels, float32 of the same shape."""
        span = np.maximum(np.subtract(self.high, self.low), 1e-12)
        unit = np.clip((pixels.astype(np.float32) - self.low) / span, 0, HIGHEST)
        return ((unit**self.gamma - SHIFT) / SCALE).astype(np.float32)


def with_bright_nuclei(pixels: np.ndarray, inverted: bool) -> np.ndarray:
    """Return the image, or its negative if it is `inverted`, float32 with 0 as its lowest value.

    Without a common lowest value, rounding would make nuclei of a negative differ.
    """
    values = pixels.astype(np.float32)
    return values.max() - values if inverted else values - values.min()


def negative(pixels: np.ndarray) -> np.ndarray:
    """Return the image with dark and bright exchanged, within the same range."""
    return np.asarray(pixels.max() + pixels.min() - pixels)


def global_normalisation(
    pixels: np.ndarray, percentiles: tuple[float, float] = PERCENTILES
) -> Normalisation:
    """Measure the levels of an image as a whole."""
    low, high = _at(pixels, percentiles)
    return Normalisation(float(low), float(high))


def _at(values: np.ndarray, percentiles: tuple[float, float]) -> np.ndarray:
    # The same as np.percentile, whose partition takes four times as long as NumPy's sort.
    places = np.divide(percentiles, 100) * (values.size - 1)
    return interpolate(np.sort(values, axis=None), [places])


def measure_normalisation(image: np.ndarray) -> Normalisation:
    """Measure the levels of an image, and of each neighbourhood if the image is large.

    Constant areas, such as padding, do not count.

    Parameters
    ----------
    image
        float ``(Z) Y X`` at the working scale.
    """
    changing = changes(image)
    if changing.mean() < CHANGING_FRACTION:
        changing[:] = True
    grid = grid_of(image.shape)
    if max(grid) == 1:
        return global_normalisation(image[changing])
    spans = np.full((2, *grid), np.nan)
    for place in np.ndindex(*grid):
        window = neighbourhood(place, image.shape, grid)
        spans[(slice(None), *place)] = span_of(image[window], changing[window])
    if np.isnan(spans).all():  # no neighbourhood varies enough to have levels of its own
        return global_normalisation(image[changing])
    low, high = settled(spans)
    sides = [n / g for n, g in zip(image.shape, grid, strict=True)]
    return Normalisation(enlarge(low, image.shape, sides), enlarge(high, image.shape, sides))


def changes(image: np.ndarray) -> np.ndarray:
    """Return the pixels at which an image is not constant, bool."""
    return np.asarray(highest(image, FLAT_WINDOW_PIXELS) > lowest(image, FLAT_WINDOW_PIXELS))


def grid_of(shape: Sequence[int]) -> list[int]:
    """Return the number of neighbourhoods along each axis."""
    return [max(1, round(n / BLOCK[len(shape)])) for n in shape]


def neighbourhood(
    place: Sequence[int], shape: Sequence[int], grid: Sequence[int]
) -> tuple[slice, ...]:
    """Return the window of one neighbourhood, which reaches a quarter block into its neighbours."""
    return tuple(
        slice(max(0, int((p - 0.25) * n / g)), min(n, int((p + 1.25) * n / g)))
        for p, n, g in zip(place, shape, grid, strict=True)
    )


def span_of(values: np.ndarray, changing: np.ndarray) -> np.ndarray:
    """Return the levels of one neighbourhood; nan if too few of its pixels vary."""
    counted = values[changing]
    if len(counted) <= CHANGING_FRACTION * values.size:
        return np.full(2, np.nan)
    return _at(counted, PERCENTILES)


def settled(spans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper levels, with those of empty neighbourhoods filled in.

    Parameters
    ----------
    spans
        Lower and upper level of each neighbourhood, ``2`` by the grid; nan where it is empty.
    """
    low, high = spans
    usual = np.nanmedian(low)
    low = np.where(np.isnan(low), usual, low)
    return low, np.fmax(high, low + SPAN_FLOOR_FRACTION * np.nanmax(spans[1] - spans[0]))
