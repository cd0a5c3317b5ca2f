import numpy as np
import pytest

from adgan.survey.nuclei import Nuclei, measure_ellipsoids


@pytest.mark.parametrize("axes", [(24, 12), (14, 9, 6)])
def test_axes_and_radius_are_those_of_the_ellipsoid(axes):
    grid = np.indices((60,) * len(axes)) - 30.0
    places = zip(grid, axes, strict=True)
    labels = (sum((g / a) ** 2 for g, a in places) <= 1).astype(int)
    centres, found, radius, fit = measure_ellipsoids(labels)
    assert centres[0] == pytest.approx([30] * len(axes))
    assert found[0] == pytest.approx(axes, rel=0.03)
    assert radius[0] == pytest.approx(np.prod(axes) ** (1 / len(axes)), rel=0.02)
    assert fit[0] == pytest.approx(1, abs=0.03)


def test_two_touching_discs_fill_less_than_their_ellipse():
    y, x = np.indices((60, 90))
    labels = ((y - 30) ** 2 + (x - 30) ** 2 < 196) | ((y - 30) ** 2 + (x - 58) ** 2 < 196)
    assert measure_ellipsoids(labels.astype(int))[3][0] < 0.9


def test_places_are_those_in_the_image_where_planes_are_far_apart():
    one = np.ones(1)
    found = Nuclei(
        centres=np.array([[20.0, 10, 10]]), axes=np.ones((1, 3)), radius=one, fit=one,
        contrast=one, extent=np.array([40.0, 20, 20]), start=np.array([8.0, 0, 5]), weights=one,
        cut=one < 0,
    )  # fmt: skip
    assert found.places(np.array([4.0, 1, 1]))[0] == pytest.approx([7, 10, 15])
