"""Label maps of discs and balls, and networks of a few channels."""

import numpy as np
import pytest
import torch

from adgan.builtin.doubt import FEATURES, Doubt
from adgan.builtin.network import builtin_network, make_network
from adgan.builtin.segmenting import find
from adgan.builtin.survey import read_image
from adgan.builtin.targets import HEADS
from adgan.nn.instance_unet import InstanceUNet
from adgan.synth.samples import simulated_sample


@pytest.fixture(scope="session")
def balls():
    """Draw a label map of discs or balls, each pixel that of the nearest centre."""

    def draw(shape, centres, radius, spacing=None):
        steps = spacing or (1.0,) * len(shape)
        axes = [np.arange(n) * s for n, s in zip(shape, steps, strict=True)]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        distances = np.array([np.linalg.norm(grid - c, axis=-1) for c in centres])
        near = distances <= np.reshape(radius, (-1, *[1] * len(shape)))
        nearest = np.where(near, distances, np.inf).argmin(0) + 1
        return np.where(near.any(0), nearest, 0).astype(np.uint32)

    return draw


@pytest.fixture(scope="session")
def small_network():
    """Make a network of a few channels, its weights and statistics drawn at random."""

    def make(rank=2, widths=(4, 6), seed=0):
        torch.manual_seed(seed)
        module = InstanceUNet(rank, len(HEADS) + rank, widths)
        for name, tensor in module.named_buffers():
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5) if name.endswith("var") else tensor.normal_(0, 0.2)
        network = make_network(rank, widths, module.state_dict())
        number = len(FEATURES)
        doubt = Doubt(np.zeros(number), np.ones(number), np.linspace(-1, 1, number), 0.1)
        return type(network)(network.module, rank, network.stride, doubt)

    return make


@pytest.fixture(scope="session")
def sample():
    """A simulated image, what is read of it and what the built-in model finds in it."""
    ((image, truth, _),) = simulated_sample(images=1)
    image, truth = image[:160, :192], truth[:160, :192]
    reading = read_image(builtin_network(), image)
    return image, truth, reading, find(builtin_network(), image, reading)
