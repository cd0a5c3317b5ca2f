import numpy as np
import pytest

from adgan.synth.fields import smooth_field
from adgan.system.seeding import generator

SHAPES = [(160, 200), (40, 80, 90)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [0.7, 3.0, 9.0])
def test_a_field_has_mean_0_and_deviation_1(shape, scale):
    field = smooth_field(generator(0), shape, scale)
    assert field.shape == shape and field.dtype == np.float32
    assert field.mean() == pytest.approx(0, abs=1e-3)
    assert field.std() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("scale", [2.0, 6.0])
def test_neighbours_are_alike_over_its_scale(scale):
    # Smoothed by sigma, noise correlates by exp(-d^2 / (4 sigma^2)) at distance d.
    fields = [smooth_field(generator(k), (300, 300), scale) for k in range(4)]
    apart = int(2 * scale)
    found = np.mean([np.corrcoef(f[apart:].ravel(), f[:-apart].ravel())[0, 1] for f in fields])
    assert found == pytest.approx(np.exp(-1), abs=0.12)


def test_a_field_is_as_smooth_along_all_axes():
    fields = [smooth_field(generator(k), (240, 240), 8.0) for k in range(6)]
    down = np.mean([np.corrcoef(f[8:].ravel(), f[:-8].ravel())[0, 1] for f in fields])
    across = np.mean([np.corrcoef(f[:, 8:].ravel(), f[:, :-8].ravel())[0, 1] for f in fields])
    assert down == pytest.approx(across, abs=0.12)


def test_a_field_depends_on_its_generator_alone():
    first, again, other = (smooth_field(generator(k), (30, 40), 3) for k in (5, 5, 6))
    assert (first == again).all() and (first != other).any()


def test_a_field_wider_than_its_frame_is_finite():
    assert np.isfinite(smooth_field(generator(0), (6, 7, 8), 500.0)).all()
