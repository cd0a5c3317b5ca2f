import numpy as np
import pytest

from adgan.auto.nuclei import find_nuclei


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
