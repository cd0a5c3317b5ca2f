import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from adgan.image.resample import rescale
from adgan.survey.nuclei import find_nuclei, remaining_noise
from adgan.survey.settings import NUCLEI


@pytest.mark.parametrize("rank", [2, 3])
def test_two_touching_balls_are_measured_as_two(rank):
    shape = (60,) * (rank - 1) + (90,)
    grid = np.stack(np.indices(shape), axis=-1)
    middles = [np.full(rank, 30.0), np.array([30.0] * (rank - 1) + [53.0])]
    light = np.zeros(shape)
    for middle, level in zip(middles, (100, 40), strict=True):
        light[((grid - middle) ** 2).sum(-1) <= 12**2] = level
    found = find_nuclei(light, np.ones(rank), radius=10.0)
    order = np.argsort(found.centres[:, -1])
    assert found.centres[order] == pytest.approx(np.array(middles), abs=1.5)
    assert found.radius == pytest.approx(12, rel=0.12)
    assert found.contrast[order] == pytest.approx([100, 40], rel=0.3)
    assert (found.fit > 0.9).all()


def test_axes_are_those_of_an_ellipse():
    grid = np.indices((100, 100)) - 50.0
    light = 100.0 * ((grid[0] / 12) ** 2 + (grid[1] / 24) ** 2 <= 1)
    found = find_nuclei(light, np.ones(2), radius=17.0)
    assert found.axes[0] == pytest.approx([24, 12], rel=0.1)


@pytest.mark.parametrize("rank, radius", [(2, 5.0), (2, 15.0), (2, 60.0), (3, 8.0)])
def test_the_noise_that_remains_is_predicted(rank, radius):
    noise = np.random.default_rng(0).normal(100, 10, (600, 600) if rank == 2 else (60, 90, 90))
    factors = np.full(rank, NUCLEI[rank].radius / radius)
    left = gaussian_filter(rescale(noise, factors), NUCLEI[rank].sigma)
    assert remaining_noise(noise, factors) == pytest.approx(left.std(), rel=0.12)


def test_noise_is_not_clear_where_its_regions_fill_the_frame():
    for seed in range(4):
        noise = np.random.default_rng(seed).normal(100, 10, (500, 600))
        assert not find_nuclei(noise, np.ones(2), radius=60.0).clear
