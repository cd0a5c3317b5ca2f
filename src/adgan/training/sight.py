"""What a training sees of its images, and a look at the masks it makes of them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from adgan.auto.handling import alike, describe
from adgan.auto.score import Check, check_masks, probe_windows
from adgan.build import build_handlings, build_image, translator_of
from adgan.data.scale import working_shape
from adgan.io import Image
from adgan.methods.adgan import Generator
from adgan.recipe import Recipe
from adgan.segmenter import Segmenter
from adgan.views import VIEWS

LOOKS = {2: VIEWS[::2], 3: VIEWS[::4]}
"""Views that a look compares: quarter turns, as all eight tell little more at twice the time; of
volumes, where looks take as long as steps do, the image and its half turn."""
WINDOW = {2: 3, 3: 1}
"""Sides of a look's windows, in crops of training."""
MOST = 2**27
"""Working pixels that a training holds (512 MiB): more crops than its steps visit."""
FEW = 4
"""Images that it holds anyway."""


def harmonise(recipe: Recipe, images: Sequence[Image]) -> tuple[list[Image], dict[str, Any]]:
    """Return images with bright nuclei of one size, and what ``run.json`` is to say of it."""
    handlings, usual = build_handlings(recipe, [i.pixels for i in images])
    even = [
        replace(image, pixels=alike(image.pixels, handling))
        for image, handling in zip(images, handlings, strict=True)
    ]
    return even, {"handling": describe(handlings), "usual_radius": usual if usual > 0 else None}


def choose_some(recipe: Recipe, images: Sequence[Image]) -> list[Image]:
    """Return the images that crops are drawn from: all, or so many throughout as can be held."""
    shapes = [working_shape(i.pixels.shape, recipe.scales(i.spacing)) for i in images]
    times = math.ceil(sum(math.prod(shape) for shape in shapes) / MOST)
    return list(images[:: max(1, min(times, len(images) // FEW))])


def describe_some(recipe: Recipe, images: Sequence[Image]) -> list[str]:
    """Return a line where some images alone are trained on."""
    some, every = len(choose_some(recipe, images)), len(images)
    said = f"crops are drawn from {some} of the {every} images: more would not be visited"
    return [said] if some < every else []


def view(recipe: Recipe, images: Sequence[Image]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return images as the networks see them, and the windows of them that are looked at."""
    some = choose_some(recipe, images)
    seen = [build_image(recipe, i.pixels, i.spacing).seen for i in some]
    sides = [WINDOW[recipe.data.rank] * n for n in recipe.data.crop]
    return seen, probe_windows(seen, recipe.seed, sides)


def look(
    recipe: Recipe, generator: Generator, windows: Sequence[np.ndarray]
) -> tuple[Check, np.ndarray]:
    """Check the masks of some windows without labels; return them too, 0 to 1."""
    segmenter = Segmenter(recipe, translator_of(recipe, generator))
    views = [segmenter.predict_views(window, LOOKS[recipe.data.rank]) for window in windows]
    return check_masks(windows, views), np.array(views, np.float32).mean(axis=1)
