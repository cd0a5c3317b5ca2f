"""How large, how round and how many the nuclei are, from unlabelled images alone.

Two estimators that err in different ways: blobs in scale space give a first radius
(:mod:`adgan.survey.blobs`), regions at a working size that follows from it a better one
(:mod:`adgan.survey.nuclei`), again until it no longer changes. Pixels are those of the last
axis; a volume with larger steps between planes is counted in cubes of that side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.errors import AdganError
from adgan.recipe.groups import reference_size, reference_words
from adgan.survey.handling import group_factors, usual_radius
from adgan.survey.nuclei import Nuclei
from adgan.survey.planes import plane_distance
from adgan.survey.ranges import contact_share, count_range, median_interval, quantile, votes_of
from adgan.survey.survey import Look, look_through, spread

FAINT = 0.1
"""Contrast, as a share of the set's median image, under which an image seems empty."""


@dataclass(frozen=True)
class SizeEstimate:
    """Properties of nuclei, for simulating scenes; lengths in pixels of the images' last axis.

    Parameters
    ----------
    radius
        Semi-major axis, from the 10th to the 90th percentile of the nuclei.
    count
        Nuclei per 256 x 256 pixels, or per 64 x 128 x 128 voxels: the uniform range with the
        mean and spread of the counts in windows of the images.
    eccentricity
        ``sqrt(1 - (b / a)**2)`` (Eq. 8), from the 10th to the 90th percentile.
    per_image
        Median semi-major axis of each surveyed image, in their order; nan if none was found.
    images
        Indices of the surveyed images, from 0.
    diameter
        Median over nuclei of the diameter of the disc or ball of equal size.
    median
        Median of the semi-major axes.
    interval
        90% interval of this median, under resampling of the images.
    contact
        Fraction of nuclei that touch another.
    factors
        Nucleus size in each surveyed image relative to the largest group of images, 1 except
        for other magnifications (:mod:`adgan.survey.handling`). All lengths and numbers above,
        except ``per_image``, are those of that group.
    note
        Summary in one line.
    elongation
        Apparent length of nuclei along Z relative to their width, due to blur; sizes and numbers
        are corrected for it.
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


def estimate_sizes(
    images: Sequence[np.ndarray], spacing: Sequence[float] | None = None
) -> SizeEstimate:
    """Estimate the nuclei's size, shape and number without labels.

    Parameters
    ----------
    images
        Arrays ``(Z) Y X``, all of the same ndim, in any intensity unit; at most two dozen, spread
        over all, are surveyed.
    spacing
        Size of a pixel along each axis; only ratios matter. Without it, pixels are cubes.

    Returns
    -------
    SizeEstimate

    Raises
    ------
    AdganError
        If there are no images, or no nuclei stand out in any of them.
    """
    if not len(images):
        raise AdganError("no images to estimate nucleus sizes from: give at least one")
    chosen = spread(len(images), images[0].ndim)
    shares = shares_of(images[0].ndim, spacing)
    elongation = 1.0
    if len(shares) == 3:
        stated = None if spacing is None else shares[0]
        seen = plane_distance([images[i] for i in chosen], stated)
        elongation = shares[0] / (seen or shares[0])
        shares[0] /= elongation
    found = sizes_from(look_through([images[i] for i in chosen], shares), chosen)
    diameter = found.diameter * elongation ** (1 / len(shares))
    return replace(found, diameter=diameter, elongation=elongation)


def shares_of(rank: int, spacing: Sequence[float] | None) -> list[float]:
    """Return the pixels of the last axis in a pixel of each axis."""
    return [1.0] * rank if spacing is None else [s / spacing[-1] for s in spacing]


def sizes_from(looks: Sequence[Look], chosen: Sequence[int]) -> SizeEstimate:
    """Put together what single images show.

    Parameters
    ----------
    looks
        One an image.
    chosen
        Their numbers.

    Raises
    ------
    AdganError
        If none of them shows nuclei.
    """
    clear = _clear([seen.nuclei for seen in looks])
    radii = [seen.radius if good else math.nan for seen, good in zip(looks, clear, strict=True)]
    guesses, shapes = [seen.guess for seen in looks], [seen.shape for seen in looks]
    factors = group_factors(radii, usual_radius(radii), guesses, shapes)
    kept, blobs = [], []
    for seen, factor, good in zip(looks, factors, clear, strict=True):
        if good and seen.nuclei:
            kept.append(seen.nuclei.shrunk(factor))
            blobs.append(seen.blobs / factor)
    if not kept:
        raise AdganError(
            "no nuclei stand out in these images: look whether they are sharp and of the right "
            "channel, or give radius and count"
        )
    rank = kept[0].axes.shape[1]
    votes = [votes_of(found) for found in kept]
    weight = np.concatenate(votes)
    axes = np.concatenate([found.axes for found in kept])
    major = axes[:, 0]
    # The scenes give each minor axis an eccentricity of its own: their mean stands for them.
    flat = np.sqrt(np.clip(1 - (axes[:, 1:].mean(1) / major) ** 2, 0, 0.99))
    medians = [quantile(f.axes[:, 0], 0.5, vote) for f, vote in zip(kept, votes, strict=True)]
    own = [f for f, good in zip(factors, clear, strict=True) if good]
    remaining = iter([median * factor for median, factor in zip(medians, own, strict=True)])
    diameter = 2 * quantile(np.concatenate([found.radius for found in kept]), 0.5, weight)
    agreement = 2 * float(np.median(blobs)) / diameter
    radius = (quantile(major, 0.1, weight), quantile(major, 0.9, weight))
    count = count_range(kept, reference_size(rank))
    interval = median_interval([found.axes[:, 0] for found in kept], votes)
    median = quantile(major, 0.5, weight)
    note = (
        f"nuclei of radius {radius[0]:.3g}-{radius[1]:.3g} px (median {median:.3g}, 90% interval "
        f"{interval[0]:.3g}-{interval[1]:.3g}), {count[0]:.2g}-{count[1]:.2g} per "
        + reference_words(rank)
    )
    if max(factors) > min(factors):
        several = sorted({round(f, 2) for f in factors})
        note += f"; several magnifications, {', '.join(f'{f:g}' for f in several)} times this"
    elif max(medians) > 1.5 * min(medians):
        note += f"; images differ, from {min(medians):.3g} to {max(medians):.3g} px"
    if not 1 / 1.4 < agreement < 1.4:
        note += f"; doubtful: blobs suggest {agreement:.2g} times this size"
    if not all(clear):
        note += f"; {clear.count(False)} of {len(chosen)} images looked at seem empty"
    return SizeEstimate(
        radius=radius,
        count=count,
        eccentricity=(quantile(flat, 0.1, weight), quantile(flat, 0.9, weight)),
        per_image=[next(remaining) if good else float("nan") for good in clear],
        images=list(chosen),
        diameter=diameter,
        median=median,
        interval=interval,
        contact=contact_share(kept),
        factors=factors,
        note=note,
    )


def _clear(measured: list[Nuclei | None]) -> list[bool]:
    """Tell which images hold nuclei.

    Their regions are brighter than noise makes them or rounder (noise has no shape), and
    not far fainter than those of the other images.
    """
    contrast = []
    for found in measured:
        contrast.append(float(np.median(found.contrast)) if found and found.clear else 0.0)
    usual = float(np.median([c for c in contrast if c] or [0]))
    return [c > FAINT * usual for c in contrast]
