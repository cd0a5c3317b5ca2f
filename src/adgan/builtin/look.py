"""An image looked at over a range of scales, as it is and as its negative."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from adgan.builtin.glance import glance, weighted_median, windows
from adgan.builtin.light import negative
from adgan.builtin.network import Network
from adgan.builtin.reading import NOTHING_SEEN, Reading

SMALLEST, STEP = 5.5, 2.0
"""Diameter in pixels at which the range of scales begins, and the ratio from one to the next: the
network sees half an octave to either side of its working size as well as the middle."""
WINDOWS = 2
"""Parts of a large image that are looked at."""
NEAR = 1.25
"""Ratio of two scales up to which looking again changes nothing."""
FADED = 0.7
"""Share of what was explained before that a scale tried first must explain, and of what the best
scale explains that a refined one must."""
FEWEST = 0.8
"""Nuclei, each counted by its chance, under which an image seems empty."""
WHOLE = 0.3
"""Share of what is sure from which whole nuclei alone tell the size."""
SETTLED = 0.75
"""Mean chance of what is found at a likely size from which no other reading is tried."""
FINALISTS = 2
"""Readings of one window that are held against each other in more."""
LEAST = 4.5
"""Diameter in pixels under which nothing is a nucleus that could be outlined."""


def read_size(
    network: Network, pixels: np.ndarray, spacing: tuple[float, ...], likely: float
) -> Reading | None:
    """Return the reading of an image at a likely diameter, None where it does not fit.

    Parameters
    ----------
    network, likely
        As for :func:`adgan.builtin.survey.read_image`.
    pixels
        float32 ``(Z) Y X``, not blank.
    spacing
        Size of a pixel along each axis, over that of the last.
    """
    found = Look(network, pixels, spacing).refined(False, likely)
    fits = found.sure > SETTLED and 1 / STEP < found.diameter / likely < STEP
    return found if fits else None


def read_scales(network: Network, pixels: np.ndarray, spacing: tuple[float, ...]) -> Reading:
    """Return the reading of an image that explains most, of all scales and both signs.

    Parameters
    ----------
    network, pixels, spacing
        As for :func:`read_size`.
    """
    look = Look(network, pixels, spacing)
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
        if refined.diameter > LEAST:  # else specks of noise, which are no finalist
            best = max(best, refined, key=lambda reading: reading.evidence)
            finalists += 1
        if finalists == FINALISTS:
            break
    return best


def _range_of(shape: Sequence[int], spacing: Sequence[float]) -> list[float]:
    """Return the diameters that are tried, up to nuclei larger than the image."""
    extent = max(n * step for n, step in zip(shape, spacing, strict=True))
    number = max(1, math.ceil(math.log(1.5 * extent / SMALLEST, STEP)))
    return [SMALLEST * STEP**k for k in range(number)]


@dataclass(frozen=True)
class Look:
    """An image to look at, as it is and as its negative."""

    network: Network
    pixels: np.ndarray
    spacing: tuple[float, ...]

    def refined(self, dark: bool, diameter: float) -> Reading:
        """Look at a size, and again at the size that is found, as long as that explains as much."""
        found = self.at(diameter, dark, WINDOWS)
        for _ in range(2):
            if not found.diameter > LEAST or 1 / NEAR < found.diameter / diameter < NEAR:
                break
            again = self.at(found.diameter, dark, WINDOWS)
            if again.explained < FADED * found.explained or not again.diameter > 0:
                break
            diameter, found = found.diameter, again
        return found

    def at(self, diameter: float, dark: bool, number: int) -> Reading:
        """Look at so many windows of an image at one scale."""
        values = self.signs[dark]
        tried = Reading(diameter, dark, 0.0, 0.0, self.spacing)
        seen = [
            glance(self.network, values, window, tried.scales)
            for window in windows(values, tried.scales, number)
        ]
        sure = np.concatenate([g.sure for g in seen])
        radius = np.concatenate([g.nuclei.radius for g in seen]) / tried.scale
        cut = np.concatenate([g.nuclei.cut for g in seen])
        weights = sure**2
        if (weights * ~cut).sum() > WHOLE * weights.sum():
            weights = weights * ~cut
        area = sum(g.area for g in seen)
        return replace(
            tried,
            diameter=2 * weighted_median(radius, weights) if sure.sum() >= FEWEST else math.nan,
            explained=sum(g.explained * g.area for g in seen) / area,
            sure=float(np.average(sure, weights=sure)) if sure.sum() else 0.0,
            number=float(np.clip(2 * sure - 1, 0, 1).sum()),
        )

    @cached_property
    def signs(self) -> tuple[np.ndarray, np.ndarray]:
        """The image with bright nuclei, if they are bright, and if they are dark."""
        return self.pixels, negative(self.pixels)
