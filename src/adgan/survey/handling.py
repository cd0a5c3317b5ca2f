"""What is done to each image before the network sees it: its own scale, and inverted if dark.

Images of one set are brought to one working size. An image whose nuclei are far larger or smaller
than usual, taken at another magnification, gets a factor of its own; one whose nuclei are
darker than their surroundings is inverted. Both are seen in the image, and need strong signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from adgan.builtin.light import negative
from adgan.image.resample import rescale
from adgan.image.stretch import limits
from adgan.survey.nuclei import Nuclei
from adgan.survey.ranges import quantile, votes_of

APART = 1.6
"""Ratio of nucleus sizes between images that one magnification does not explain: cells of one
culture differ by up to 1.5 from image to image, objectives by two."""
SURE = 5
"""Nuclei that an image must show for its size to count."""
SIDE = 128
"""Pixels of the longest axis on which brightness is looked at."""


@dataclass(frozen=True)
class Handling:
    """What one image needs.

    Parameters
    ----------
    factor
        Size of its nuclei, in pixels, over the usual one.
    inverted
        Whether its nuclei are darker than their surroundings.
    """

    factor: float = 1.0
    inverted: bool = False


def describe(handlings: Sequence[Handling]) -> list[str]:
    """Say what is done, a line each; nothing where all images are taken as they are."""
    lines, total = [], len(handlings)
    if inverted := sum(handling.inverted for handling in handlings):
        lines.append(f"{inverted} of {total} images show dark nuclei on bright ground: inverted")
    factors = [handling.factor for handling in handlings if handling.factor != 1]
    if factors:
        sizes = ", ".join(f"{factor:.2g}" for factor in sorted(set(factors)))
        lines.append(
            f"{len(factors)} of {total} images show nuclei {sizes} times as large as "
            "the others: brought to their size by a factor of their own"
        )
    return lines


def radius_of(found: Nuclei | None, least: int = SURE) -> float:
    """Return the median semi-major axis of nuclei, nan if fewer than `least` are sure."""
    if found is None or not found.clear or np.count_nonzero(found.fit > 0.9) < least:
        return float("nan")
    return quantile(found.axes[:, 0], 0.5, votes_of(found))


def usual_radius(radii: Sequence[float]) -> float:
    """Return the median of the largest group of images of one magnification; nan if none."""
    groups = _groups(np.asarray(radii, float))
    return float(np.median(np.asarray(radii)[max(groups, key=len)])) if groups else float("nan")


def group_factors(
    radii: Sequence[float],
    reference: float,
    guesses: Sequence[float] | None = None,
    shapes: Sequence[tuple[int, ...]] | None = None,
) -> list[float]:
    """Return the factor of each image from its nuclei's radius.

    Images form groups, one a magnification, that gaps of more than :data:`APART` part. All
    images of a group share a factor, and it is 1 for a group near the reference.

    Parameters
    ----------
    radii
        One an image, nan where it is not known; such an image follows the group nearest to its
        guess, or the one that most images of its shape are of, or the largest.
    reference
        Radius that the factor 1 stands for; nan changes nothing.
    guesses
        Radii of images with too few nuclei to count, nan where there are none.
    shapes
        Of the images: one camera's are of one shape, empty ones too.

    Returns
    -------
    list of float
    """
    values = np.asarray(radii, float)
    factors = np.ones(len(values))
    groups = _groups(values) if np.isfinite(reference) else []
    for group in groups:
        ratio = float(np.median(values[group])) / reference
        if not 1 / APART < ratio < APART:
            factors[group] = ratio
    if groups:
        likely = np.full(len(values), np.nan) if guesses is None else np.asarray(guesses, float)
        middles = np.log([np.median(values[group]) for group in groups])
        for image in np.flatnonzero(~np.isfinite(values)).tolist():
            if np.isnan(likely[image]):
                fellows = [sum(_alike(shapes, image, i) for i in group) for group in groups]
                sizes = list(zip(fellows, map(len, groups), strict=True))
                group = groups[sizes.index(max(sizes))]
            else:
                group = groups[np.argmin(abs(middles - np.log(likely[image])))]
            factors[image] = factors[group[0]]
    return factors.tolist()


def _alike(shapes: Sequence[tuple[int, ...]] | None, one: int, other: int) -> bool:
    return shapes is not None and shapes[one] == shapes[other]


def _groups(values: np.ndarray) -> list[np.ndarray]:
    """Return the numbers of the images of each magnification, the smallest nuclei first."""
    order = np.argsort(values)[: np.count_nonzero(np.isfinite(values))]
    gaps = np.flatnonzero(np.diff(np.log(values[order])) > np.log(APART)) + 1
    return [group for group in np.split(order, gaps) if len(group)]


def upright(pixels: np.ndarray, handling: Handling) -> np.ndarray:
    """Return an image with bright nuclei: itself, or its negative within the same range."""
    if not handling.inverted:
        return pixels
    return negative(pixels.astype(np.float32))


def alike(pixels: np.ndarray, handling: Handling) -> np.ndarray:
    """Return an image with bright nuclei of the usual size: brought to the others' pixels."""
    pixels = upright(pixels, handling)
    if handling.factor == 1:
        return pixels
    return rescale(pixels, np.full(pixels.ndim, 1 / handling.factor))


def leans_dark(image: np.ndarray) -> bool:
    """Tell whether fewer pixels are dark than bright: the first sign of dark nuclei.

    Nuclei cover less of most images than what is between them, so bright ones give the
    histogram a tail upwards.
    """
    factor = min(1.0, SIDE / max(image.shape))
    small = rescale(image, np.full(image.ndim, factor))
    low, high = limits(small)
    return high > low and bool(stats.skew(np.clip(small, low, high), axis=None) < 0)


def rounder(one: Nuclei | None, other: Nuclei | None) -> bool:
    """Tell whether the first nuclei are surely there, and rounder than the others.

    The second sign of dark nuclei, `one` being those of the negative: nuclei are convex, what
    is between them is not.
    """
    if one is None or not one.clear or not len(one.fit):
        return False
    return other is None or not len(other.fit) or np.median(one.fit) > np.median(other.fit)
