"""Nucleus sizes from the first masks of a training: more precise than those from the images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from adgan.labels.labelmap import cut_by_frame
from adgan.recipe.groups import SceneSettings, reference_size
from adgan.survey.nuclei import Nuclei, measure_ellipsoids
from adgan.survey.ranges import (
    WEIGHED_FIT_MIN,
    count_range,
    eccentricities,
    quantile,
    scene_count,
    scene_radius,
)

REFINING_NUCLEI_MIN = 30
"""Number of nuclei off the image border that are needed to measure sizes."""
CREDIBLE_RADIUS_RATIO_MAX = 1.6
"""Largest ratio of the new and the previous median radius, either way. Beyond it the masks are more
likely to be wrong than the scenes."""
EQUAL_RADIUS_RATIO, EQUAL_COUNT_RATIO = 1.2, 1.5
"""Ratios of new and previous radius, and of new and previous count, up to which the scenes stay as
they are. Smaller differences may be due to chance."""


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
    if len(axes) < REFINING_NUCLEI_MIN:
        return previous
    equal = np.ones(len(axes))
    median, median_before = quantile(axes[:, 0], 0.5, equal), scene.mean_radius
    if not 1 / CREDIBLE_RADIUS_RATIO_MAX < median / median_before < CREDIBLE_RADIUS_RATIO_MAX:
        return previous
    rank, flat = axes.shape[1], eccentricities(axes)
    radius = scene_radius(quantile(axes[:, 0], 0.1, equal), median)
    eccentricity = (quantile(flat, 0.1, equal), quantile(flat, 0.9, equal))
    count = count_range([nuclei for nuclei, _ in found if len(nuclei.radius)], reference_size(rank))
    if rank == 2:
        count = scene_count(count, radius, eccentricity)
    same_radius = 1 / EQUAL_RADIUS_RATIO < median / median_before < EQUAL_RADIUS_RATIO
    count_ratio = sum(count) / sum(scene.count)
    if same_radius and 1 / EQUAL_COUNT_RATIO < count_ratio < EQUAL_COUNT_RATIO:
        return previous
    return {"radius": radius, "eccentricity": eccentricity, "count": count}


def _nuclei(labels: np.ndarray) -> tuple[Nuclei, np.ndarray]:
    """Return the nuclei of a label map, all with the same weight, and which of them to measure.

    Nuclei at the image border and clumps are not measured.
    """
    centres, axes, reach, radius, fit = measure_ellipsoids(labels)
    cut = cut_by_frame(labels)
    present = np.bincount(labels.ravel(), minlength=len(cut))[1:] > 0
    number, extent = present.sum(), np.array(labels.shape, float)
    nuclei = Nuclei(
        centres[present], axes[present], reach[present], radius[present], fit[present],
        np.ones(number), np.inf, extent, np.zeros(labels.ndim), np.ones(number),
    )  # fmt: skip
    return nuclei, ~cut[1:][present] & (nuclei.fit > WEIGHED_FIT_MIN[labels.ndim])
