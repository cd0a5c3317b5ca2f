"""Intensity properties of images that may concern users, and how the program handles them.

No action is needed: intensities are normalised by percentiles, dim regions are brightened by local
contrast normalisation, and boundaries are measured relative to the local background.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.stretch import limits
from adgan.survey.nuclei import Nuclei

SATURATED_FRACTION_MIN = 0.001
"""Fraction of pixels at the maximum from which the camera was saturated."""
BACKGROUND_BLOCKS = 6
"""Number of blocks along each axis in which the background is measured."""
BACKGROUND_PERCENTILE = 10
"""Percentile of the intensities of a block that is its background."""
UNEVENNESS_MIN = 0.3
"""Spread of the background, relative to the median contrast of nuclei, from which it is reported.
"""
CONTRAST_RATIO_MIN = 4.0
"""Ratio of the contrasts of bright and dim nuclei from which it is reported."""
CONTRAST_NUCLEI_MIN = 5
"""Number of single nuclei that are needed to measure their contrast."""


@dataclass(frozen=True)
class Traits:
    """Intensity properties of one image.

    Parameters
    ----------
    offset
        Darkest intensity, if it is larger than the range above it; otherwise, or with too few
        nuclei, 0.
    saturated
        Fraction of pixels at the maximum, if the camera was saturated; otherwise 0.
    unevenness
        Spread of the background, relative to the median contrast of nuclei; 0 with too few nuclei.
    contrast_ratio
        Ratio of the 90th and 10th percentile of the contrast of nuclei; 1 with too few nuclei.
    """

    offset: float
    saturated: float
    unevenness: float
    contrast_ratio: float


def measure_traits(image: np.ndarray, nuclei: Nuclei | None) -> Traits:
    """Measure the intensity properties of an image.

    Parameters
    ----------
    image
        ``(Z) Y X``, native dtype.
    nuclei
        Nuclei that were found in it, if any.
    """
    low, high = limits(image)
    at_maximum = float(np.mean(image == image.max())) if high > low else 0.0
    contrast = nuclei.contrast[nuclei.single] if nuclei and nuclei.clear else np.zeros(0)
    contrast = contrast[contrast > 0]
    offset, unevenness, ratio = 0.0, 0.0, 1.0
    if len(contrast) >= CONTRAST_NUCLEI_MIN:
        offset = low if low > high - low else 0.0
        dim, median, bright = np.percentile(contrast, (10, 50, 90))
        unevenness, ratio = _background_spread(image) / float(median), float(bright / dim)
    saturated = at_maximum if at_maximum > SATURATED_FRACTION_MIN else 0.0
    return Traits(offset, saturated, unevenness, ratio)


def _background_spread(image: np.ndarray) -> float:
    """Return the difference of the 90th and 10th percentile of the background over all blocks."""
    parts = [image]
    for axis in range(image.ndim):
        blocks = min(BACKGROUND_BLOCKS, image.shape[axis])
        parts = [block for part in parts for block in np.array_split(part, blocks, axis)]
    background = [np.percentile(part, BACKGROUND_PERCENTILE) for part in parts]
    low, high = np.percentile(background, (10, 90))
    return float(high - low)


def describe_traits(found: Sequence[Traits]) -> str:
    """Return one line on the intensities of a set of images, and how they are handled."""
    words = []
    if offsets := [t.offset for t in found if t.offset]:
        words.append(
            f"an offset of about {np.median(offsets):,.0f} is subtracted from "
            f"{_number(offsets, found)}"
        )
    if saturated := [t.saturated for t in found if t.saturated]:
        words.append(
            f"{_number(saturated, found)} contain saturated pixels, up to {max(saturated):.1%}, "
            "whose intensities are lost; outlines are not affected"
        )
    if uneven := [t.unevenness for t in found if t.unevenness > UNEVENNESS_MIN]:
        words.append(
            f"the background is uneven in {_number(uneven, found)}: boundaries are measured "
            "relative to the local background"
        )
    if ratios := [t.contrast_ratio for t in found if t.contrast_ratio > CONTRAST_RATIO_MIN]:
        words.append(
            f"nuclei differ {np.median(ratios):.0f}-fold in brightness in "
            f"{_number(ratios, found)}: dim ones are brightened"
        )
    return "; ".join(words) or "nothing unusual"


def _number(some: Sequence[float], every: Sequence[Traits]) -> str:
    """Return how many of the images have a property, as text."""
    if len(some) == len(every):
        return "all images"
    return f"{len(some)} of {len(every)} images"
