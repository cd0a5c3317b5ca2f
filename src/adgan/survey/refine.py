"""Sizes once more, from the first masks of a training: closer than plain means come."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from adgan.labels.labelmap import cut_by_frame
from adgan.recipe.groups import SceneSettings, reference_size
from adgan.survey.nuclei import Nuclei, moments
from adgan.survey.ranges import WHOLE, count_range, quantile, scene_count, scene_radius

LEAST = 30
"""Nuclei, clear of the frame, from which sizes can be told."""
APART = 1.6
"""Ratio of new to old median radius beyond which the masks are believed less than the scenes."""
NEAR = 1.2, 1.5
"""Ratios of radius and of number up to which scenes are right enough: less is chance."""


def refine(scene: SceneSettings, maps: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return ranges for scenes from label maps that a half-trained network gave.

    Parameters
    ----------
    scene
        What the scenes were so far, in the maps' pixels.
    maps
        Label maps ``(Z) Y X`` with cubic pixels.

    Returns
    -------
    dict
        ``radius``, ``eccentricity`` and ``count`` as a recipe's ``scene`` takes them; those of
        `scene` where the maps hold too few nuclei, such of an unlikely size, or much the same.
    """
    found = [_nuclei(labels) for labels in maps]
    axes = np.concatenate([nuclei.axes[sure] for nuclei, sure in found])
    kept = {n: getattr(scene, n) for n in ("radius", "eccentricity", "count")}
    if len(axes) < LEAST:
        return kept
    one = np.ones(len(axes))
    median, before = quantile(axes[:, 0], 0.5, one), scene.mean_radius
    if not 1 / APART < median / before < APART:
        return kept
    flat = np.sqrt(np.clip(1 - (axes[:, 1:].mean(1) / axes[:, 0]) ** 2, 0, 0.99))
    rank = axes.shape[1]
    radius = scene_radius(quantile(axes[:, 0], 0.1, one), median)
    eccentricity = (quantile(flat, 0.1, one), quantile(flat, 0.9, one))
    count = count_range([nuclei for nuclei, _ in found if len(nuclei.radius)], reference_size(rank))
    if rank == 2:
        count = scene_count(count, radius, eccentricity)
    ratios = median / before, sum(count) / sum(scene.count)
    if all(1 / most < ratio < most for ratio, most in zip(ratios, NEAR, strict=True)):
        return kept
    return {"radius": radius, "eccentricity": eccentricity, "count": count}


def _nuclei(labels: np.ndarray) -> tuple[Nuclei, np.ndarray]:
    """Return the nuclei of a map, all as bright and as sure, and which to measure.

    Those that the frame does not cut, and that are no clumps.
    """
    centres, axes, reach, radius, fit = moments(labels)
    cut = cut_by_frame(labels)
    there = np.bincount(labels.ravel(), minlength=len(cut))[1:] > 0
    extent = np.array(labels.shape, float)
    nuclei = Nuclei(
        centres[there], axes[there], reach[there], radius[there], fit[there],
        np.ones(there.sum()), np.inf, extent, np.zeros(labels.ndim), np.ones(there.sum()),
    )  # fmt: skip
    return nuclei, ~cut[1:][there] & (nuclei.fit > WHOLE[labels.ndim])
