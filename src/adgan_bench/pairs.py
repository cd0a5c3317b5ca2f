"""Pairs of image and labels that a translator makes from simulated scenes."""

import numpy as np

from adgan.build import build_mask, build_scene
from adgan.methods.adgan import MASK
from adgan.methods.translator import Translator
from adgan.recipe import Recipe
from adgan.seeding import generator
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.translate import translate

SIDE = {2: 2, 3: 1}
"""Side of such an image, in crops, by rank."""


def draw_pair(method: Translator, recipe: Recipe, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a scene, and its image through a translator.

    Parameters
    ----------
    method
        Trained, on its device.
    recipe
        For scenes and masks; its seed and `number` decide the scene.
    number
        Of the pair.

    Returns
    -------
    image, labels
        ``(Z) Y X`` at the working scale: float32 in [-1, 1], and uint16.
    """
    shape = tuple(SIDE[recipe.data.rank] * side for side in recipe.data.crop)
    rng = generator(recipe.seed, "pair", number)
    labels = render(sample_scene(rng, build_scene(recipe), shape, recipe.aspect))
    return translate(method, build_mask(recipe, labels), MASK), labels
