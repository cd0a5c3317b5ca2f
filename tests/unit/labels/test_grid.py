import numpy as np
import pytest

from adgan.labels.grid import Grid


def test_lengths_in_radii_reach_fewer_pixels_along_longer_sides():
    assert Grid((4.0, 1.0, 0.5), radius=8.0).pixels(0.5) == (1.0, 4.0, 8.0)


@pytest.mark.parametrize(("sides", "expected"), [
    ((1.0, 1.0), np.pi * 100),
    ((2.0, 1.0), np.pi * 50),
    ((5.0, 1.0, 2.0), 4 / 3 * np.pi * 100),
])  # fmt: skip
def test_a_nucleus_has_the_area_of_a_disc_or_the_volume_of_a_ball(sides, expected):
    assert Grid(sides, 10.0).nucleus == pytest.approx(expected)


def test_fewer_pixels_are_longer():
    assert Grid((2.0, 1.0), 10.0).thinned((1, 3)) == Grid((2.0, 3.0), 10.0)
