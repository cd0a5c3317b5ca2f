"""Scenes follow the sizes that the first masks of a training show."""

from collections.abc import Sequence

import numpy as np

from adgan.auto.refine import refine
from adgan.auto.scaling import centre
from adgan.build import translator_of
from adgan.data.scale import nearest, working_shape
from adgan.groups import reference_words
from adgan.io import Image
from adgan.methods.adgan import Generator
from adgan.recipe import Recipe
from adgan.segmenter import Segmenter

SIDE = {2: 12, 3: 10}
"""Side of the parts that are decoded, in mean radii."""
PARTS = {2: 24, 3: 3}
"""Images of which a part is decoded: the nuclei of a culture differ from image to image."""


def follow(recipe: Recipe, generator: Generator, images: Sequence[Image]) -> tuple[Recipe, str]:
    """Return settings whose scenes follow what the network of a run finds.

    Parameters
    ----------
    recipe
        The settings so far.
    generator
        Half trained, its masks looked at and found sane.
    images
        Those of the training, of one magnification.

    Returns
    -------
    recipe
        With what was found, or with the ranges it had where that is little or unlikely.
    line
        What is to be said of it.
    """
    found = refine(recipe.scene, _label_maps(recipe, generator, images))
    refined = recipe.with_scene(**found, refine=False)
    if refined.network_aspect != recipe.network_aspect:
        # Networks of volumes are made for voxels of one shape.
        refined = recipe.with_scene(refine=False)
    return refined, _say(recipe, refined)


def _label_maps(recipe: Recipe, generator: Generator, images: Sequence[Image]) -> list[np.ndarray]:
    """Return label maps of the middles of some images, with pixels of the last axis's size."""
    rank = recipe.data.rank
    # Sizes are those of nuclei, also where the task is the mask.
    instances = recipe.model_copy(update={"task": "instance"})
    segmenter, maps = Segmenter(instances, translator_of(recipe, generator)), []
    for number in np.unique(np.linspace(0, len(images) - 1, PARTS[rank]).round().astype(int)):
        image = images[number]
        shares = np.array(recipe.shares(image.spacing))
        side = SIDE[rank] * recipe.scene.mean_radius
        part = centre(image.pixels, np.ceil(side / shares))
        labels = segmenter.segment(part, image.spacing)
        maps.append(nearest(labels, working_shape(labels.shape, list(shares))))
    return maps


def _say(before: Recipe, after: Recipe) -> str:
    """Return one line on what became of the sizes."""
    old, new = before.scene, after.scene
    if (old.radius, old.count) == (new.radius, new.count):
        return "the first masks show much the same sizes: scenes stay as they are"
    return (
        f"the first masks show nuclei of radius {new.radius[0]:.3g} to {new.radius[1]:.3g} px, "
        f"{new.count[0]:.2g} to {new.count[1]:.2g} per "
        + reference_words(before.data.rank)
        + ": scenes follow"
    )
