"""Intensity properties of images that may concern users, and how the program handles them.

No action is needed: intensities are normalised by percentiles, dim regions are brightened by local
contrast normalisation, and boundaries are measured relative to the local background.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.intensity import limits
from adgan.survey.nuclei import Nuclei
from adgan.survey.settings import TRAITS


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
    contrast = nuclei.contrast[nuclei.single] if nuclei else np.zeros(0)
    contrast = contrast[contrast > 0]
    offset, unevenness, ratio = 0.0, 0.0, 1.0
    if len(contrast) >= TRAITS.nuclei:
        offset = low if low > high - low else 0.0
        dim, median, bright = np.percentile(contrast, (10, 50, 90))
        unevenness, ratio = _background_spread(image) / float(median), float(bright / dim)
    saturated = at_maximum if at_maximum > TRAITS.saturated else 0.0
    return Traits(offset, saturated, unevenness, ratio)


def _background_spread(image: np.ndarray) -> float:
    """Return the difference of the 90th and 10th percentile of the background over all blocks."""
    parts = [image]
    for axis in range(image.ndim):
        blocks = min(TRAITS.blocks, image.shape[axis])
        parts = [block for part in parts for block in np.array_split(part, blocks, axis)]
    background = [np.percentile(part, TRAITS.percentile) for part in parts]
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
    if uneven := [t.unevenness for t in found if t.unevenness > TRAITS.uneven]:
        words.append(
            f"the background is uneven in {_number(uneven, found)}: boundaries are measured "
            "relative to the local background"
        )
    if ratios := [t.contrast_ratio for t in found if t.contrast_ratio > TRAITS.contrast_ratio]:
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
