"""Intensity normalisation of the built-in model: measured once, then applied to any part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.settings import NORMALISATION, NormalisationSettings
from adgan.image.boxes import highest, lowest
from adgan.image.enlarge import interpolate


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
    """
    low, high = spans
    usual = np.nanmedian(low)
    low = np.where(np.isnan(low), usual, low)
    return low, np.fmax(high, low + how.span * np.nanmax(spans[1] - spans[0]))
