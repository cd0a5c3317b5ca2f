"""Adapt simulated scenes to the nucleus sizes in the first masks of a training.

They are more precise than the sizes estimated from the images.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from adgan.builtin.windows import quantile
from adgan.image.scale import nearest, working_shape
from adgan.image.tiling import centre
from adgan.io import Image
from adgan.labels.labelmap import cut_by_frame
from adgan.models.adgan import Generator
from adgan.models.build import translator_of
from adgan.models.segmenter import Segmenter
from adgan.recipe.groups import SceneSettings, reference_size, reference_words
from adgan.recipe.recipe import Recipe
from adgan.survey.nuclei import Nuclei, measure_ellipsoids
from adgan.survey.ranges import count_range, eccentricities, scene_count, scene_radius
from adgan.survey.settings import RANGES, REFINEMENT


def follow(recipe: Recipe, generator: Generator, images: Sequence[Image]) -> tuple[Recipe, str]:
    """Return settings whose scenes have the nucleus sizes that the network of a run finds.

    Parameters
    ----------
    recipe
        The settings so far.
    generator
        The network, half trained, whose masks passed the check.
    images
        The training images, of one magnification.

    Returns
    -------
    recipe
        The settings with the measured ranges; with the old ones if few nuclei were found or their
        sizes are implausible.
    line
        A line for the log about the change.
    """
    found = refine(recipe.scene, _label_maps(recipe, generator, images))
    refined = recipe.with_scene(**found, refine=False)
    if refined.network_spacing != recipe.network_spacing:
        # Networks for volumes are built for voxels of one shape.
        refined = recipe.with_scene(refine=False)
    return refined, _say(recipe, refined)


def _label_maps(recipe: Recipe, generator: Generator, images: Sequence[Image]) -> list[np.ndarray]:
    """Return label maps of the middle of some images, resampled to cubic voxels."""
    scene, kind = recipe.scene, recipe.data.ndim - 2
    # Sizes are those of nuclei, even if the task is a mask.
    instances = recipe.model_copy(update={"task": "instance"})
    segmenter, maps = Segmenter(instances, translator_of(recipe, generator)), []
    spread = np.linspace(0, len(images) - 1, scene.refine_images[kind])
    for number in np.unique(spread.round().astype(int)):
        image = images[number]
        spacing = np.array(recipe.relative_spacing(image.spacing))
        side = scene.refine_side[kind] * scene.mean_radius
        part = centre(image.pixels, np.ceil(side / spacing))
        labels = segmenter.segment(part, image.spacing)
        maps.append(nearest(labels, working_shape(labels.shape, list(spacing))))
    return maps


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
    ndim, flat = axes.shape[1], eccentricities(axes)
    radius = scene_radius(quantile(axes[:, 0], 0.1, equal), median)
    eccentricity = (quantile(flat, 0.1, equal), quantile(flat, 0.9, equal))
    count = count_range([nuclei for nuclei, _ in found if len(nuclei.radius)], reference_size(ndim))
    count = scene_count(count, radius, eccentricity, ndim)
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


def _say(before: Recipe, after: Recipe) -> str:
    """Return a line for the log about the change of sizes."""
    old, new = before.scene, after.scene
    if (old.radius, old.count) == (new.radius, new.count):
        return "the first masks show similar sizes: simulated scenes stay as they are"
    return (
        f"the first masks show nuclei of radius {new.radius[0]:.3g} to {new.radius[1]:.3g} px, "
        f"{new.count[0]:.2g} to {new.count[1]:.2g} per "
        + reference_words(before.data.ndim)
        + ": simulated scenes now have these sizes"
    )
