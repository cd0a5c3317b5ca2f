"""Nucleus sizes from the first masks of a training: more precise than those from the images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from adgan.labels.labelmap import cut_by_frame
from adgan.recipe.groups import SceneSettings, reference_size
from adgan.survey.nuclei import Nuclei, measure_ellipsoids
from adgan.survey.ranges import count_range, eccentricities, quantile, scene_count, scene_radius
from adgan.survey.settings import RANGES, REFINEMENT


def refine(scene: SceneSettings, maps: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return ranges for simulated scenes from the label maps of a half-trained network.

    Parameters
    ----------
    scene
        Previous settings, with lengths in pixels of the maps.
    maps
        Integer label maps ``(Z) Y X`` with cubic pixels.

    Returns
    -------
    dict
        ``radius``, ``eccentricity`` and ``count``, as in the recipe's ``scene``. They are those of
        `scene` if the maps contain too few nuclei, if the new radius is not credible, or if radius
        and count hardly differ.
    """
    found = [_nuclei(labels) for labels in maps]
    axes = np.concatenate([nuclei.axes[measured] for nuclei, measured in found])
    previous = {name: getattr(scene, name) for name in ("radius", "eccentricity", "count")}
    if len(axes) < REFINEMENT.nuclei:
        return previous
    equal = np.ones(len(axes))
    median, median_before = quantile(axes[:, 0], 0.5, equal), scene.mean_radius
    if not 1 / REFINEMENT.credible < median / median_before < REFINEMENT.credible:
        return previous
    rank, flat = axes.shape[1], eccentricities(axes)
    radius = scene_radius(quantile(axes[:, 0], 0.1, equal), median)
    eccentricity = (quantile(flat, 0.1, equal), quantile(flat, 0.9, equal))
    count = count_range([nuclei for nuclei, _ in found if len(nuclei.radius)], reference_size(rank))
    count = scene_count(count, radius, eccentricity, rank)
    same_radius = 1 / REFINEMENT.same_radius < median / median_before < REFINEMENT.same_radius
    count_ratio = sum(count) / sum(scene.count)
    if same_radius and 1 / REFINEMENT.same_count < count_ratio < REFINEMENT.same_count:
        return previous
    return {"radius": radius, "eccentricity": eccentricity, "count": count}


def _nuclei(labels: np.ndarray) -> tuple[Nuclei, np.ndarray]:
    """Return the nuclei of a label map, all with the same weight, and which of them to measure.

    Nuclei at the image border and clumps are not measured.
    """
    centres, axes, radius, fit = measure_ellipsoids(labels)
    cut = cut_by_frame(labels)
    present = np.bincount(labels.ravel(), minlength=len(cut))[1:] > 0
    number, extent = present.sum(), np.array(labels.shape, float)
    nuclei = Nuclei(
        centres[present], axes[present], radius[present], fit[present],
        np.ones(number), extent, np.zeros(labels.ndim), np.ones(number),
        cut[1:][present],
    )  # fmt: skip
    return nuclei, ~cut[1:][present] & (nuclei.fit > RANGES[labels.ndim].fit_min)
