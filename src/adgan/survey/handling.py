"""Corrections of single images before segmentation: a scale factor, and inversion of dark nuclei.

The images of a set share one working size. An image of another magnification, whose nuclei are far
larger or smaller than those of the other images, gets a scale factor of its own. An image whose
nuclei are darker than their surroundings is inverted. Both need strong evidence in the image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.scale import rescale, working_shape
from adgan.survey.settings import CORRECTIONS


@dataclass(frozen=True)
class Handling:
    """Corrections of one image.

    Parameters
    ----------
    factor
        Radius of its nuclei in pixels, relative to that of the other images.
    inverted
        Whether its nuclei are darker than their surroundings.
    """

    factor: float = 1.0
    inverted: bool = False


def describe(handlings: Sequence[Handling]) -> list[str]:
    """Return a line for each kind of correction, with the number of images that need it."""
    lines, total = [], len(handlings)
    if inverted := sum(handling.inverted for handling in handlings):
        lines.append(
            f"{inverted} of {total} images show dark nuclei on a bright background: they are "
            "inverted"
        )
    factors = [handling.factor for handling in handlings if handling.factor != 1]
    if factors:
        sizes = ", ".join(f"{factor:.2g}" for factor in sorted(set(factors)))
        lines.append(
            f"{len(factors)} of {total} images show nuclei {sizes} times as large as in the other "
            "images: they are rescaled"
        )
    return lines


def usual_radius(radii: Sequence[float]) -> float:
    """Return the median radius in the largest group of images of one magnification.

    `radii` are the median radii of the images, nan where unknown; the result is nan if all are.
    """
    groups = _groups(np.asarray(radii, float))
    return float(np.median(np.asarray(radii)[max(groups, key=len)])) if groups else float("nan")


def group_factors(
    radii: Sequence[float],
    reference: float,
    guesses: Sequence[float] | None = None,
    shapes: Sequence[tuple[int, ...]] | None = None,
) -> list[float]:
    """Return the scale factor of each image from the radius of its nuclei.

    The images are divided into groups of one magnification, where sorted radii have gaps of more
    than ``CORRECTIONS.magnified``. All images of a group get the same factor. It is 1 for a
    group whose radius is close to the reference.

    Parameters
    ----------
    radii
        Median radius of each image, nan if unknown. An image without a radius joins the group
        closest to its guess. Without a guess it joins the group with most images of its shape, or
        else the largest group.
    reference
        Radius to which the factor 1 refers; if it is nan, all factors are 1.
    guesses
        Radius of each image from very few nuclei, nan if there are none (default: no guesses).
    shapes
        Shape of each image: images of one camera have one shape, even if they are empty (default:
        unknown).

    Returns
    -------
    list of float
        One factor per image.
    """
    values, magnified = np.asarray(radii, float), CORRECTIONS.magnified
    factors = np.ones(len(values))
    groups = _groups(values) if np.isfinite(reference) else []
    for group in groups:
        ratio = float(np.median(values[group])) / reference
        if not 1 / magnified < ratio < magnified:
            factors[group] = ratio
    if groups:
        log_radii = np.log([np.median(values[group]) for group in groups])
        for image in np.flatnonzero(~np.isfinite(values)).tolist():
            guess = float("nan") if guesses is None else float(guesses[image])
            if np.isnan(guess):
                group = _group_of_shape(groups, shapes, image)
            else:
                group = groups[np.argmin(abs(log_radii - np.log(guess)))]
            factors[image] = factors[group[0]]
    return factors.tolist()


def _group_of_shape(
    groups: Sequence[np.ndarray], shapes: Sequence[tuple[int, ...]] | None, image: int
) -> np.ndarray:
    """Return the group with most images of the same shape as an image, or else the largest one."""

    def same_shape(group: np.ndarray) -> int:
        return 0 if shapes is None else sum(shapes[image] == shapes[i] for i in group)

    return max(groups, key=lambda group: (same_shape(group), len(group)))


def _groups(values: np.ndarray) -> list[np.ndarray]:
    """Return the indices of the images of each magnification, smallest nuclei first."""
    order = np.argsort(values)[: np.count_nonzero(np.isfinite(values))]
    is_gap = np.diff(np.log(values[order])) > np.log(CORRECTIONS.magnified)
    gaps = np.flatnonzero(is_gap) + 1
    return [group for group in np.split(order, gaps) if len(group)]


def apply_inversion(pixels: np.ndarray, handling: Handling) -> np.ndarray:
    """Return an image with bright nuclei: itself, or its float32 negative within the same range."""
    if not handling.inverted:
        return pixels
    bright = pixels.astype(np.float32)
    return bright.max() + bright.min() - bright


def apply_handling(pixels: np.ndarray, handling: Handling) -> np.ndarray:
    """Return an image with bright nuclei, rescaled so that they are as large as in other images."""
    pixels = apply_inversion(pixels, handling)
    if handling.factor == 1:
        return pixels
    shape = working_shape(pixels.shape, (1 / handling.factor,) * pixels.ndim)
    return rescale(pixels.astype(np.float32), shape)
