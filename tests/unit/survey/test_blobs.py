import numpy as np
import pytest

from adgan.survey.blobs import blob_radius


@pytest.mark.parametrize("shape", [(200, 240), (60, 60, 60)], ids=["2D", "3D"])
@pytest.mark.parametrize("radius", [4.0, 9.0])
def test_the_radius_of_balls_is_found_at_any_rank(shape, radius):
    grid = np.indices(shape).astype(float)
    period = 4 * radius
    apart = ((((grid + radius) % period) - period / 2) ** 2).sum(0)
    found = blob_radius(100.0 * (apart <= radius**2), np.ones(len(shape)))
    assert found == pytest.approx(radius, rel=0.3)


def test_a_constant_or_tiny_image_has_no_blobs():
    assert blob_radius(np.full((64, 64), 7), np.ones(2)) is None
    assert blob_radius(np.eye(8), np.ones(2)) is None
