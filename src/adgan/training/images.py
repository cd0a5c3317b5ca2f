"""The images as a training sees them, and the check of the masks that it predicts."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from adgan.image.scale import working_shape
from adgan.image.views import VIEWS
from adgan.io import Image
from adgan.models.adgan import Generator
from adgan.models.build import build_handlings, build_image, translator_of
from adgan.models.segmenter import Segmenter
from adgan.quality.score import Check, check_masks, probe_windows
from adgan.recipe.recipe import Recipe
from adgan.survey.handling import apply_handling, describe
from adgan.survey.survey import Survey


def harmonise(
    recipe: Recipe, images: Sequence[Image], survey: Survey
) -> tuple[list[Image], dict[str, Any]]:
    """Return the images with bright nuclei of one size, and the entries of ``run.json`` on it."""
    handlings, usual = build_handlings(recipe, [i.pixels for i in images], known=survey)
    even = [
        replace(image, pixels=apply_handling(image.pixels, handling))
        for image, handling in zip(images, handlings, strict=True)
    ]
    return even, {"handling": describe(handlings), "usual_radius": usual if usual > 0 else None}


def choose_some(recipe: Recipe, images: Sequence[Image]) -> list[Image]:
    """Return the images that crops are drawn from: all, or every n-th to limit the memory."""
    shapes = [working_shape(i.pixels.shape, recipe.scales(i.spacing)) for i in images]
    times = math.ceil(sum(math.prod(shape) for shape in shapes) / recipe.data.pixels_max)
    return list(images[:: max(1, min(times, len(images) // recipe.data.images_min))])


def describe_some(recipe: Recipe, images: Sequence[Image]) -> list[str]:
    """Return a line for the log if only some of the images are used."""
    some, every = len(choose_some(recipe, images)), len(images)
    said = f"crops are drawn from {some} of the {every} images; training would not use more"
    return [said] if some < every else []


def view(recipe: Recipe, images: Sequence[Image]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return images as the networks see them, and their windows for the checks."""
    some = choose_some(recipe, images)
    seen = [build_image(recipe, i.pixels, i.spacing).seen for i in some]
    how = recipe.quality.check
    sides = [how.side[recipe.data.ndim - 2] * n for n in recipe.data.crop]
    return seen, probe_windows(seen, recipe.seed, sides, how)


def check_windows(
    recipe: Recipe, generator: Generator, windows: Sequence[np.ndarray]
) -> tuple[Check, np.ndarray]:
    """Predict the masks of some windows and check them without labels; masks are 0 to 1."""
    segmenter = Segmenter(recipe, translator_of(recipe, generator))
    how = recipe.quality.check
    compared = VIEWS[:: len(VIEWS) // how.views[recipe.data.ndim - 2]]
    views = [segmenter.predict_views(window, compared) for window in windows]
    return check_masks(windows, views, how), np.array(views, np.float32).mean(axis=1)
