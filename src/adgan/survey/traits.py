"""What an image's intensities are like, and what becomes of it: said, so that nobody wonders.

All of it is dealt with on the way to the network anyway: levels are percentiles, dim places are
made as bright as others, rims are measured against the light around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.stretch import limits
from adgan.survey.nuclei import Nuclei

SATURATED = 0.001
"""Share of pixels at the very maximum from which on the camera was full."""
BLOCKS = 6
"""Parts an axis in which the background is looked at."""
GROUND = 10
"""Percentile of a part that is taken for its background."""
UNEVEN = 0.3
"""Spread of the background, as a share of a usual nucleus's contrast, that is worth a word."""
UNLIKE = 4.0
"""Ratio of the contrasts of bright and dim nuclei that is worth a word."""
LEAST = 5
"""Nuclei needed to tell."""


@dataclass(frozen=True)
class Traits:
    """Intensities of one image.

    Parameters
    ----------
    offset
        Darkest level, where it is larger than the range above it; otherwise 0, and 0 in an image of
        few nuclei.
    saturated
        Share of pixels at the maximum, where that is a camera's; otherwise 0.
    uneven
        Spread of the background over the contrast of a usual nucleus; 0 if there are few.
    unlike
        Contrast of the nuclei's 90th percentile over that of the 10th; 1 if there are few.
    """

    offset: float
    saturated: float
    uneven: float
    unlike: float


def traits(image: np.ndarray, nuclei: Nuclei | None) -> Traits:
    """Look at the intensities of an image.

    Parameters
    ----------
    image
        ``(Z) Y X``, native dtype.
    nuclei
        What was found in it, if anything.
    """
    low, high = limits(image)
    full = float(np.mean(image == image.max())) if high > low else 0.0
    sure = nuclei.contrast[nuclei.fit > 0.9] if nuclei and nuclei.clear else np.zeros(0)
    sure = sure[sure > 0]
    offset, uneven, unlike = 0.0, 0.0, 1.0
    if len(sure) >= LEAST:
        offset = low if low > high - low else 0.0
        dim, usual, bright = np.percentile(sure, (10, 50, 90))
        uneven, unlike = _spread(image) / float(usual), float(bright / dim)
    return Traits(
        offset=offset,
        saturated=full if full > SATURATED else 0.0,
        uneven=uneven,
        unlike=unlike,
    )


def _spread(image: np.ndarray) -> float:
    """Return how far the background differs from part to part, without the outermost tenths."""
    parts = [image]
    for axis in range(image.ndim):
        blocks = min(BLOCKS, image.shape[axis])
        parts = [block for part in parts for block in np.array_split(part, blocks, axis)]
    ground = [np.percentile(part, GROUND) for part in parts]
    low, high = np.percentile(ground, (10, 90))
    return float(high - low)


def say(found: Sequence[Traits]) -> str:
    """Return one line on the intensities of a set, and what is done about them."""
    words = []
    if offsets := [t.offset for t in found if t.offset]:
        words.append(
            f"an offset of about {np.median(offsets):,.0f} is taken off {_number(offsets, found)}"
        )
    if full := [t.saturated for t in found if t.saturated]:
        words.append(
            f"{_number(full, found)} hold saturated pixels, up to {max(full):.1%}: their "
            "brightness is cut off, their outlines stay"
        )
    if uneven := [t.uneven for t in found if t.uneven > UNEVEN]:
        words.append(
            f"the background is uneven in {_number(uneven, found)}: rims are measured against "
            "the light around them"
        )
    if unlike := [t.unlike for t in found if t.unlike > UNLIKE]:
        words.append(
            f"nuclei differ {np.median(unlike):.0f}-fold in brightness in "
            f"{_number(unlike, found)}: dim ones are lifted"
        )
    return "; ".join(words) or "nothing out of the ordinary"


def _number(some: Sequence[float], every: Sequence[Traits]) -> str:
    if len(some) == len(every):
        return "all images"
    return f"{len(some)} of {len(every)} images"
