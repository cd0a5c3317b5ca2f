from dataclasses import replace

import numpy as np
import pytest

from adgan.builtin.network import builtin_network
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator


@pytest.fixture(scope="session")
def scenes():
    """Draw images with their label maps; lengths scale with the nuclei."""

    def draw(radius, shape=(320, 360), fill=0.2, images=2, spacing=None, seed=0, **light):
        ndim, reference = len(shape), 12.0 * radius
        # A ball of 0.9 of the semi-major axis stands for the ellipsoid.
        ball = (np.pi if ndim == 2 else 4.19) * (0.9 * radius) ** ndim
        number = fill * reference**ndim / ball
        spec = SceneSpec(
            radius=(0.8 * radius, 1.2 * radius),
            count=(0.8 * number, 1.2 * number),
            reference=reference,
            eccentricity=(0.2, 0.7),
            contact=0.3,
            irregularity=0.05,
        )
        taken = MicroscopeSpec(grain=radius / 8, blur=radius / 12, haze_blur=radius, **light)
        drawn = []
        for number in range(images):
            rng = generator(seed, "test", number)
            labels = render(sample_scene(rng, spec, shape, spacing))
            drawn.append((microscope(rng, labels, taken, spacing), labels))
        return [image for image, _ in drawn], [labels for _, labels in drawn]

    return draw


@pytest.fixture(scope="session")
def true_diameter():
    """Median diameter of the disc or ball of equal size, of nuclei clear of the frame."""

    def measure(maps, voxel=1.0):
        found = []
        for labels in maps:
            sizes = np.bincount(labels.ravel())
            sizes[0] = 0
            for axis in range(labels.ndim):
                for end in (0, -1):
                    sizes[np.unique(np.take(labels, end, axis))] = 0
            found.append(sizes[sizes > 0] * voxel)
        ndim = maps[0].ndim
        ball = np.pi if ndim == 2 else 4 / 3 * np.pi
        return 2 * float(np.median((np.concatenate(found) / ball) ** (1 / ndim)))

    return measure


@pytest.fixture
def exact(monkeypatch):
    """The built-in model in 32 bits: a negative is rounded differently, as 16-bit sums show."""
    networks = {ndim: replace(builtin_network(ndim), precision="float32") for ndim in (2, 3)}
    monkeypatch.setattr("adgan.survey.image.builtin_network", networks.get)
