"""Label maps of discs and balls, and networks of a few channels."""

import numpy as np
import pytest

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.survey import read_image
from adgan.synth.samples import simulated_sample


@pytest.fixture(scope="session")
def balls():
    """Draw a label map of discs or balls, each pixel that of the nearest centre."""

    def draw(shape, centres, radius):
        grid = np.moveaxis(np.indices(shape), 0, -1)
        distances = np.array([np.linalg.norm(grid - c, axis=-1) for c in centres])
        near = distances <= np.reshape(radius, (-1, *[1] * len(shape)))
        nearest = np.where(near, distances, np.inf).argmin(0) + 1
        return np.where(near.any(0), nearest, 0).astype(np.uint32)

    return draw


@pytest.fixture(scope="session")
def sample():
    """A simulated image, what is read of it and what the built-in model finds in it."""
    ((image, truth, _),) = simulated_sample(images=1)
    image, truth = image[:160, :192], truth[:160, :192]
    reading = read_image(builtin_network(), image)
    return image, truth, reading, measure_image(builtin_network(), image, reading).find()
