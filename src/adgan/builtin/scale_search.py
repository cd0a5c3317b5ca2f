"""Estimate nucleus diameter and polarity of an image by trying a range of scales."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from adgan.builtin.network import Network
from adgan.builtin.normalisation import with_bright_nuclei
from adgan.builtin.reading import NOTHING_SEEN, Reading
from adgan.builtin.settings import SEARCH, Search
from adgan.builtin.windows import choose_windows, find_in_window, weighted_median


def read_size(
    network: Network, pixels: np.ndarray, spacing: tuple[float, ...], likely: float
) -> Reading | None:
    """Return the reading of an image at a likely diameter, or None if that does not fit.

    Parameters
    ----------
    network, likely
        See :func:`adgan.builtin.survey.read_image`.
    pixels
        float32 ``(Z) Y X``, not constant.
    spacing
        Pixel size along each axis, relative to the last.
    """
    found = ScaleSearch(network, pixels, spacing).refined(False, likely)
    ratio = SEARCH[pixels.ndim].ratio
    settled = found.confidence > SEARCH[pixels.ndim].settled
    fits = settled and 1 / ratio < found.diameter / likely < ratio
    return found if fits else None


def read_scales(network: Network, pixels: np.ndarray, spacing: tuple[float, ...]) -> Reading:
    """Return the reading with the strongest evidence among all scales and both polarities.

    Parameters
    ----------
    network, pixels, spacing
        See :func:`read_size`.
    """
    look = ScaleSearch(network, pixels, spacing)
    first = [
        look.at(diameter, dark, 1) for diameter in _range_of(pixels.shape, spacing)
        for dark in (False, True)
    ]  # fmt: skip
    first.sort(key=lambda reading: reading.evidence, reverse=True)
    best = replace(NOTHING_SEEN, spacing=spacing)
    finalists = 0
    for reading in first:
        if reading.empty:
            continue
        refined = look.refined(reading.inverted, reading.diameter)
        if refined.diameter > look.how.smallest:  # smaller ones are specks of noise
            best = max(best, refined, key=lambda reading: reading.evidence)
            finalists += 1
        if finalists == look.how.finalists:
            break
    return best


def _range_of(shape: Sequence[int], spacing: Sequence[float]) -> list[float]:
    """Return the diameters to try, in pixels, up to nuclei larger than the image."""
    extent = max(n * step for n, step in zip(shape, spacing, strict=True))
    how = SEARCH[len(shape)]
    number = max(1, math.ceil(math.log(how.extent * extent / how.start, how.ratio)))
    return [how.start * how.ratio**k for k in range(number)]


@dataclass(frozen=True)
class ScaleSearch:
    """An image to read at any diameter, as it is and as its negative."""

    network: Network
    pixels: np.ndarray
    spacing: tuple[float, ...]

    @property
    def how(self) -> Search:
        """Settings of the search."""
        return SEARCH[self.pixels.ndim]

    def refined(self, dark: bool, diameter: float) -> Reading:
        """Read at a diameter, and again at the diameter found if that explains nearly as much."""
        how = self.how
        found = self.at(diameter, dark, how.windows)
        for _ in range(how.refinements):
            if not found.diameter > how.smallest:
                break
            if 1 / how.same < found.diameter / diameter < how.same:
                break
            again = self.at(found.diameter, dark, how.windows)
            if again.explained < how.explained * found.explained or not again.diameter > 0:
                break
            diameter, found = found.diameter, again
        return found

    def at(self, diameter: float, dark: bool, number: int) -> Reading:
        """Read up to `number` windows of the image, or of its negative, at one diameter."""
        values = self.signs[dark]
        tried = Reading(diameter, dark, 0.0, 0.0, self.spacing)
        seen = [
            find_in_window(self.network, values, window, tried.scales)
            for window in choose_windows(values, tried.scales, number)
        ]
        confidence = np.concatenate([g.confidence for g in seen])
        radius = np.concatenate([g.nuclei.radius for g in seen]) / tried.scale
        cut = np.concatenate([g.nuclei.cut for g in seen])
        weights = confidence**2
        if (weights * ~cut).sum() > self.how.off_border * weights.sum():
            weights = weights * ~cut
        area = sum(g.area for g in seen)
        return replace(
            tried,
            diameter=(
                2 * weighted_median(radius, weights)
                if confidence.sum() >= self.how.nuclei
                else math.nan
            ),
            explained=sum(g.explained * g.area for g in seen) / area,
            confidence=float(np.average(confidence, weights=confidence))
            if confidence.sum()
            else 0.0,
            number=float(np.clip(2 * confidence - 1, 0, 1).sum()),
        )

    @cached_property
    def signs(self) -> tuple[np.ndarray, np.ndarray]:
        """The image and its negative: nuclei are bright in the one or in the other."""
        return with_bright_nuclei(self.pixels, False), with_bright_nuclei(self.pixels, True)
