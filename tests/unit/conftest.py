"""A training run of seconds: two small images, networks of a few channels, short steps."""

import numpy as np
import pytest
import torch

from adgan.builtin.confidence import FEATURES, ConfidenceModel
from adgan.builtin.network import make_network
from adgan.builtin.targets import HEADS
from adgan.nn.instance_unet import InstanceUNet
from adgan.recipe.recipe import make_recipe
from adgan.recipe.settings import merged
from adgan.synth.samples import simulated_sample
from adgan.training.train import train

TINY = {
    "task": "semantic",
    "network": {"width": 2, "discriminator_width": 2, "blocks": 1, "kernel": 3},
    "scene": {"radius": (10, 15), "count": (25, 40)},
    "data": {"crop": (32, 32), "batch": 2},
    "schedule": {"steps": 4, "restarts": (1.0,), "picture_every": 2},
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


@pytest.fixture(scope="session")
def small_network():
    """Make a network of a few channels, its weights and statistics drawn at random."""

    def make(ndim=2, widths=(4, 6), seed=0):
        torch.manual_seed(seed)
        module = InstanceUNet(ndim, len(HEADS) + ndim, widths)
        for name, tensor in module.named_buffers():
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5) if name.endswith("var") else tensor.normal_(0, 0.2)
        network = make_network(ndim, widths, module.state_dict())
        number = len(FEATURES)
        confidence = ConfidenceModel(
            np.zeros(number), np.ones(number), np.linspace(-1, 1, number), 0.1
        )
        # Sums of 32 bits on every processor: what is compared is compared to many digits.
        return type(network)(network.module, ndim, network.stride, confidence, precision="float32")

    return make
