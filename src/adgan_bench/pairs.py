"""Pairs of image and labels, made by a translator from simulated scenes."""

import numpy as np

from adgan.models.adgan import MASK
from adgan.models.build import build_mask, build_scene
from adgan.models.translate import translate
from adgan.models.translator import Translator
from adgan.recipe.recipe import Recipe
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

IMAGE_SIDE_CROPS = {2: 2, 3: 1}
"""Side of such an image in training crops, by number of axes."""


def draw_pair(method: Translator, recipe: Recipe, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a scene, and translate its mask into an image.

    Parameters
    ----------
    method
        Trained translator, on its device.
    recipe
        Settings of scenes and masks; its seed and `number` determine the scene.
    number
        Number of the pair.

    Returns
    -------
    image, labels
        ``(Z) Y X`` at the working scale: float32 in [-1, 1], and uint16.
    """
    shape = tuple(IMAGE_SIDE_CROPS[recipe.data.ndim] * side for side in recipe.data.crop)
    rng = generator(recipe.seed, "pair", number)
    labels = render(sample_scene(rng, build_scene(recipe), shape, recipe.working_spacing))
    return translate(method, build_mask(recipe, labels), MASK, recipe.tiling), labels
