"""A recipe from images alone, as arrays or as files."""

import numpy as np
import pytest

import adgan
from adgan.errors import AdganError
from adgan.io import write_gray
from adgan.synth.samples import simulated_sample


def test_images_alone_make_a_recipe(tmp_path):
    images = [image for image, _, _ in simulated_sample(images=2)]
    for number, image in enumerate(images):
        write_gray(tmp_path / f"{number}.tif", image)
    said: list[str] = []
    recipe = adgan.fit_recipe(images, {"seed": 3}, note=said.append)
    assert recipe == adgan.fit_recipe(tmp_path, {"seed": 3})
    assert (recipe.seed, recipe.data.ndim, recipe.schedule.minutes) == (3, 2, 5)
    low, high = recipe.scene.radius
    assert 8 < low < high < 18  # drawn from 10 to 15
    assert len(said) == 1 and said[0].startswith("estimated from 2 images: radius")


def test_volumes_make_one_of_theirs():
    ((volume, _, spacing),) = simulated_sample("nuclei3d", images=1)
    recipe = adgan.fit_recipe(volume, {"data": {"spacing": spacing}})
    assert (recipe.data.ndim, recipe.data.spacing) == (3, spacing)
    assert recipe.network.planes and recipe.data.elongation is not None


def test_known_sizes_need_no_images():
    recipe = adgan.fit_recipe(None, adgan.like("hela"), "paper")
    assert (recipe.scene.radius, recipe.network.width) == ((13, 18), 64)
    with pytest.raises(AdganError, match="radius and count must be known"):
        adgan.fit_recipe(None)


def test_images_without_nuclei_are_refused():
    with pytest.raises(AdganError):
        adgan.fit_recipe([np.zeros((64, 64), np.uint16)])
