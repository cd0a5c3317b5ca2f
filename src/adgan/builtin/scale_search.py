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
from adgan.builtin.windows import WindowNuclei, choose_windows, find_in_window, weighted_median
from adgan.image.scale import Window


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
    found = ScaleSearch(network, pixels, spacing).refined(Reading(likely, False, 0.0, 0.0, spacing))
    ratio = SEARCH[pixels.ndim].ratio
    settled = found.confidence * found.steadiness > SEARCH[pixels.ndim].settled
    fits = settled and 1 / ratio < found.diameter / likely < ratio
    return found if fits else None


def read_scales(network: Network, pixels: np.ndarray, spacing: tuple[float, ...]) -> Reading:
    """Return the reading with the strongest evidence among all scales and both polarities.

    Parameters
    ----------
    network, pixels, spacing
        See :func:`read_size`.
    """
    search = ScaleSearch(network, pixels, spacing)
    first = [
        search.at(diameter, dark, 1) for diameter in _range_of(pixels.shape, spacing)
        for dark in (False, True)
    ]  # fmt: skip
    first.sort(key=lambda reading: reading.evidence, reverse=True)
    best = replace(NOTHING_SEEN, spacing=spacing)
    finalists = 0
    for reading in first:
        if reading.empty:
            continue
        refined = search.refined(reading)
        if refined.diameter > search.how.smallest:  # smaller ones are specks of noise
            best = max(best, refined, key=lambda reading: reading.evidence)
            finalists += 1
        if finalists == search.how.finalists:
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

    def refined(self, first: Reading) -> Reading:
        """Read at the diameter of a first reading, and again at the one found there.

        A somewhat coarser scale that explains much more is kept: flat nuclei, for example, are
        whole only at a coarser scale than that of their volume.
        """
        how = self.how
        found = self.at(first.diameter, first.inverted, how.windows)
        if self._coarser(first) and found.weight < how.explained * first.weight:
            before = self.at(first.read_at, first.inverted, how.windows)
            if found.weight < how.explained * before.weight:
                return before
        for _ in range(how.refinements):
            if not found.diameter > how.smallest:
                break
            if 1 / how.same < found.relative_scale < how.same:
                break
            again = self.at(found.diameter, found.inverted, how.windows)
            if again.weight < how.explained * found.weight or not again.diameter > 0:
                if self._coarser(found):
                    return found
                break
            found = again
        return replace(found, relative_scale=1.0)

    def _coarser(self, reading: Reading) -> bool:
        """Whether a reading was made at a scale that may be kept although it is coarse."""
        return self.how.coarsest <= reading.relative_scale < 1

    def at(self, diameter: float, dark: bool, number: int) -> Reading:
        """Read up to `number` windows of the image, or of its negative, at one diameter."""
        tried = Reading(diameter, dark, 0.0, 0.0, self.spacing)
        windows = choose_windows(self.signs[dark], tried.scales, number)
        seen = [self._seen(window, tried) for window in windows]
        confidence = np.concatenate([g.confidence for g in seen])
        radius = np.concatenate([g.nuclei.radius for g in seen]) / tried.scale
        cut = np.concatenate([g.nuclei.cut for g in seen])
        weights = confidence**2
        if (weights * ~cut).sum() > self.how.off_border * weights.sum():
            weights = weights * ~cut
        area = sum(g.area for g in seen)
        believed = np.concatenate([g.believed for g in seen])
        enough = confidence.sum() >= self.how.nuclei
        found = 2 * weighted_median(radius, weights) if enough else math.nan
        return replace(
            tried,
            diameter=found,
            relative_scale=found / diameter,
            explained=sum(g.explained * g.area for g in seen) / area,
            confidence=float(np.average(confidence, weights=confidence))
            if confidence.sum()
            else 0.0,
            number=float(believed.sum()),
            steadiness=self._steadiness(windows, seen, tried) if self.how.steadiness else 1.0,
        )

    def _seen(self, window: Window, tried: Reading) -> WindowNuclei:
        """Find the nuclei of a window at the scale of a reading."""
        return find_in_window(self.network, self.signs[tried.inverted], window, tried.scales)

    def _steadiness(
        self, windows: Sequence[Window], seen: Sequence[WindowNuclei], tried: Reading
    ) -> float:
        """Return which part of the believed nuclei a coarser scale shows, too.

        One nucleus alone proves little, as a cluster looks like one at any coarse scale.
        """
        coarser = replace(tried, diameter=tried.diameter / self.how.coarser)
        again = [
            one.found_in(self._seen(window, coarser))
            for window, one in zip(windows, seen, strict=True)
        ]
        believed = np.concatenate([one.believed for one in seen])
        steady = (believed * np.concatenate(again)).sum()
        return float(steady / (believed.sum() + self.how.doubted))

    @cached_property
    def signs(self) -> tuple[np.ndarray, np.ndarray]:
        """The image and its negative: nuclei are bright in the one or in the other."""
        return with_bright_nuclei(self.pixels, False), with_bright_nuclei(self.pixels, True)
