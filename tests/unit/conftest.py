"""A training run of seconds: two small images, networks of a few channels, short steps."""

import pytest

from adgan.recipe import make_recipe
from adgan.settings import merged
from adgan.synth.samples import simulated_sample
from adgan.train import train

TINY = {
    "task": "semantic",
    "network": {"width": 2, "critic_width": 2, "blocks": 1, "kernel": 3},
    "scene": {"radius": (10, 15), "count": (25, 40)},
    "data": {"crop": (32, 32), "batch": 2},
    "schedule": {"steps": 4, "tries": (1.0,), "picture_every": 2},
}


@pytest.fixture(scope="session")
def tiny():
    """Make a recipe of tiny networks, nested settings laid over it."""

    def make(over=None):
        return make_recipe(merged(TINY, over or {}))

    return make


@pytest.fixture(scope="session")
def images():
    """Two simulated images of 80 x 96 pixels."""
    return [image[:80, :96] for image, _, _ in simulated_sample(images=2)]


@pytest.fixture(scope="session")
def run_folder(tiny, images, tmp_path_factory):
    """A run of four steps."""
    folder = tmp_path_factory.mktemp("model") / "run"
    train(images, folder, tiny(), device="cpu")
    return folder
