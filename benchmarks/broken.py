"""Trainings that must fail, to test whether the verdict detects it."""

import argparse
from pathlib import Path

import numpy as np
from runs import Record, estimate_recipe, make_recipe
from sets import DataSet, load_images

import adgan
from adgan.recipe.recipe import Recipe
from adgan.recipe.recipe import make_recipe as checked
from adgan.recipe.settings import merged

STEPS = 20
TIMES = 4.0
BROKEN = ("inverted", "too large", "too small", "empty", "noise", "too short")


def train_broken(
    kind: str, asked: argparse.Namespace, which: DataSet, seed: int, folder: Path
) -> None:
    """Train one of :data:`BROKEN`.

    Parameters
    ----------
    kind
        ``inverted``: negatives that are not inverted back; ``too large``, ``too small``: given
        sizes are wrong by a factor of four; ``empty``: only background; ``noise``: only Gaussian
        noise; ``too short``: twenty steps.
    asked
        Options of the command line.
    which, seed, folder
        The set, the random seed, and the folder of the run.
    """
    images = [image.pixels for image in load_images(asked.data, which)]
    settings: Record = {"schedule": {"steps": STEPS if kind == "too short" else asked.steps}}
    rng = np.random.default_rng(seed)
    if kind == "inverted":
        images = [i.max() - (i - i.min()) for i in images]
        settings |= {"data": {"adapt": False}}
    elif kind == "empty":
        images = [emptied(i, rng) for i in images]
    elif kind == "noise":
        images = [rng.normal(100, 10, i.shape).astype(np.float32) for i in images]
    if which.like:
        recipe = make_recipe(which, seed, settings)
    else:
        recipe = estimate_recipe(asked.data, which, seed, settings)
    if kind in ("too large", "too small"):
        recipe = resized(recipe, TIMES if kind == "too large" else 1 / TIMES, images[0].ndim)
    adgan.train(images, folder, recipe, device=asked.device, overwrite=True)


def resized(recipe: Recipe, times: float, ndim: int) -> Recipe:
    """Return a recipe whose nuclei are `times` as large, at the same density."""
    scene = {
        "radius": [radius * times for radius in recipe.scene.radius],
        "count": [number / times**ndim for number in recipe.scene.count],
    }
    settings = merged(recipe.model_dump(mode="json"), {"scene": scene})
    return checked(settings, "sizes far off")


def emptied(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an image of background only: noise with the level and spread of the darkest third."""
    dark = image[image <= np.percentile(image, 30)]
    # The noise is at least one count, as a constant image would be refused.
    return rng.normal(dark.mean(), max(1.0, float(dark.std())), image.shape).astype(np.float32)
