"""Estimate the size, shape and number of nuclei of a set from the surveys of its images.

Lengths are in pixels of the last axis; a volume whose planes are further apart is measured in cubes
of that side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.windows import quantile
from adgan.errors import AdganError
from adgan.recipe.groups import reference_size, reference_words
from adgan.survey.handling import group_factors, usual_radius
from adgan.survey.image import ImageSurvey
from adgan.survey.nuclei import Nuclei
from adgan.survey.ranges import (
    contact_fraction,
    count_range,
    eccentricities,
    median_interval,
    weights_of,
)
from adgan.survey.settings import DOUBTS


@dataclass(frozen=True)
class SizeEstimate:
    """Properties of nuclei, for simulating scenes; lengths in pixels of the images' last axis.

    Parameters
    ----------
    radius
        10th and 90th percentile of the semi-major axes.
    count
        Smallest and largest number of nuclei per 256 x 256 pixels, or per 64 x 128 x 128 voxels.
        The uniform distribution between them has the mean and the spread of the counts in windows
        of the images.
    eccentricity
        10th and 90th percentile of ``sqrt(1 - (b / a)**2)`` (Eq. 8).
    per_image
        Median semi-major axis of each surveyed image, in their order; nan if none was found.
    images
        Indices of the surveyed images, from 0.
    diameter
        Median over nuclei of the diameter of the disc or ball of equal size.
    median
        Median of the semi-major axes.
    interval
        90% interval of this median, from resampled images.
    contact
        Fraction of nuclei that touch another.
    factors
        Nucleus radius in each surveyed image relative to that of the largest group of images; 1
        unless the image has another magnification (:mod:`adgan.survey.handling`). All lengths and
        numbers above, except ``per_image``, refer to that group.
    note
        Summary in one line.
    elongation
        Apparent length of nuclei along Z relative to their width, due to blur. Radii and counts
        refer to volumes that are shortened by it, in which nuclei appear round.
    """

    radius: tuple[float, float]
    count: tuple[float, float]
    eccentricity: tuple[float, float]
    per_image: list[float]
    images: list[int]
    diameter: float
    median: float
    interval: tuple[float, float]
    contact: float
    factors: list[float]
    note: str
    elongation: float = 1.0


def magnifications(
    surveys: Sequence[ImageSurvey], radii: Sequence[float], usual: float | None = None
) -> tuple[list[float], float]:
    """Return the scale factor of each image from the radius in its survey.

    Parameters
    ----------
    surveys
        One per image.
    radii
        Median semi-major axis of each image, nan if it is unknown or does not count.
    usual
        Radius to which the factor 1 refers (default: that of most images).

    Returns
    -------
    factors
        One per image; 1 for volumes, as the voxel size determines the size of their nuclei.
    usual
        Radius to which the factor 1 refers; nan if it is unknown, and for volumes.
    """
    if len(surveys[0].shape) == 3:
        usual = math.nan
    elif usual is None:
        usual = usual_radius(radii)
    shapes, guesses = [one.shape for one in surveys], [one.radius for one in surveys]
    return group_factors(radii, usual, guesses, shapes), usual


def combine_surveys(surveys: Sequence[ImageSurvey], chosen: Sequence[int]) -> SizeEstimate:
    """Estimate sizes from the surveys of single images.

    Parameters
    ----------
    surveys
        One per image, all with the same number of axes.
    chosen
        Indices of these images in the set.

    Raises
    ------
    AdganError
        If none of the images shows nuclei.
    """
    clear = _are_clear(surveys)
    radii = [one.radius if good else math.nan for one, good in zip(surveys, clear, strict=True)]
    factors, _ = magnifications(surveys, radii)
    kept, readings, medians, per_image = [], [], [], []
    for one, factor, good in zip(surveys, factors, clear, strict=True):
        if good and one.nuclei:
            nuclei = one.nuclei.shrunk(factor)
            kept.append(nuclei)
            readings.append(one.reading.diameter / factor)
            medians.append(quantile(nuclei.axes[:, 0], 0.5, weights_of(nuclei)))
            per_image.append(medians[-1] * factor)
        else:
            per_image.append(math.nan)
    if not kept:
        raise AdganError(
            "no nuclei stand out in these images: check that they are in focus and of the nuclear "
            "channel, or give `radius` and `count`"
        )
    found, ndim, elongation = _pooled(kept), len(surveys[0].shape), elongation_of(surveys)
    parts = [_summary(found, ndim)]
    parts += _doubts(factors, medians, float(np.median(readings)) / found.diameter)
    if not all(clear):
        parts.append(f"{clear.count(False)} of {len(chosen)} surveyed images seem empty")
    return replace(
        found,
        per_image=per_image,
        images=list(chosen),
        diameter=found.diameter * elongation ** (1 / ndim),
        factors=factors,
        note="; ".join(parts),
        elongation=elongation,
    )


def elongation_of(surveys: Sequence[ImageSurvey]) -> float:
    """Return the median elongation of the volumes that show nuclei; 1 if none does, or in 2D."""
    found = [one.elongation for one in surveys if one.nuclei]
    return float(np.median(found)) if found else 1.0


def _pooled(kept: list[Nuclei]) -> SizeEstimate:
    """Return the statistics over the nuclei of all images, without those of single images."""
    ndim = kept[0].axes.shape[1]
    weights = [weights_of(nuclei) for nuclei in kept]
    weight = np.concatenate(weights)
    axes = np.concatenate([nuclei.axes for nuclei in kept])
    radii = np.concatenate([nuclei.radius for nuclei in kept])
    flat = eccentricities(axes)
    return SizeEstimate(
        radius=(quantile(axes[:, 0], 0.1, weight), quantile(axes[:, 0], 0.9, weight)),
        count=count_range(kept, reference_size(ndim)),
        eccentricity=(quantile(flat, 0.1, weight), quantile(flat, 0.9, weight)),
        per_image=[],
        images=[],
        diameter=2 * quantile(radii, 0.5, weight),
        median=quantile(axes[:, 0], 0.5, weight),
        interval=median_interval([nuclei.axes[:, 0] for nuclei in kept], weights),
        contact=contact_fraction(kept),
        factors=[],
        note="",
    )


def _summary(found: SizeEstimate, ndim: int) -> str:
    """Return radius and count of the nuclei as text."""
    return (
        f"nuclei of radius {found.radius[0]:.3g}-{found.radius[1]:.3g} px (median "
        f"{found.median:.3g}, 90% interval {found.interval[0]:.3g}-{found.interval[1]:.3g}), "
        f"{found.count[0]:.2g}-{found.count[1]:.2g} per {reference_words(ndim)}"
    )


def _doubts(factors: list[float], medians: list[float], reading_ratio: float) -> list[str]:
    """Return what makes an estimate uncertain: images or estimates that differ.

    Parameters
    ----------
    factors
        Scale factor of each image.
    medians
        Median radius of each image with nuclei, in pixels divided by its factor.
    reading_ratio
        Ratio of the diameters of the reading and of the nuclei.
    """
    parts = []
    if max(factors) > min(factors):
        different = ", ".join(f"{f:g}" for f in sorted({round(f, 2) for f in factors}))
        parts.append(f"several magnifications, with radii {different} times as large")
    elif max(medians) > DOUBTS.different * min(medians):
        parts.append(f"median radii of images differ, {min(medians):.3g} to {max(medians):.3g} px")
    if not 1 / DOUBTS.read_ratio < reading_ratio < DOUBTS.read_ratio:
        parts.append(f"uncertain, as a first reading suggests {reading_ratio:.2g} times this size")
    return parts


def _are_clear(surveys: Sequence[ImageSurvey]) -> list[bool]:
    """Return True for each image with nuclei that are not far fainter than in other images."""
    contrasts = [float(np.median(one.nuclei.contrast)) if one.nuclei else 0.0 for one in surveys]
    median = float(np.median([c for c in contrasts if c] or [0]))
    return [c > DOUBTS.faint * median for c in contrasts]
