"""Adapt simulated scenes to the nucleus sizes in the first masks of a training."""

from collections.abc import Sequence

import numpy as np

from adgan.image.resample import centre
from adgan.image.scale import nearest, working_shape
from adgan.io import Image
from adgan.models.adgan import Generator
from adgan.models.build import translator_of
from adgan.models.segmenter import Segmenter
from adgan.recipe.groups import reference_words
from adgan.recipe.recipe import Recipe
from adgan.survey.refine import refine


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
    if refined.network_aspect != recipe.network_aspect:
        # Networks for volumes are built for voxels of one shape.
        refined = recipe.with_scene(refine=False)
    return refined, _say(recipe, refined)


def _label_maps(recipe: Recipe, generator: Generator, images: Sequence[Image]) -> list[np.ndarray]:
    """Return label maps of the middle of some images, resampled to cubic voxels."""
    scene, kind = recipe.scene, recipe.data.rank - 2
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


def _say(before: Recipe, after: Recipe) -> str:
    """Return a line for the log about the change of sizes."""
    old, new = before.scene, after.scene
    if (old.radius, old.count) == (new.radius, new.count):
        return "the first masks show similar sizes: simulated scenes stay as they are"
    return (
        f"the first masks show nuclei of radius {new.radius[0]:.3g} to {new.radius[1]:.3g} px, "
        f"{new.count[0]:.2g} to {new.count[1]:.2g} per "
        + reference_words(before.data.rank)
        + ": simulated scenes now have these sizes"
    )
