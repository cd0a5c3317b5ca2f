import numpy as np
import pytest

from adgan.image.intensity import limits, stretch
from adgan.image.resample import centre, rescale


@pytest.mark.parametrize("factor", [0.2, 0.7, 1.6])
def test_rescaling_keeps_the_brightness(factor):
    image = np.random.default_rng(0).uniform(50, 60, (90, 120))
    small = rescale(image, np.full(2, factor))
    assert small.shape == pytest.approx((90 * factor, 120 * factor), abs=1)
    assert small.mean() == pytest.approx(image.mean(), rel=0.005)


def test_the_centre_never_exceeds_the_image():
    image = np.arange(7 * 5).reshape(7, 5)
    assert (centre(image, np.array([3, 99])) == image[2:5]).all()


def test_an_offset_and_a_few_saturated_pixels_change_nothing():
    image = np.random.default_rng(0).uniform(0, 100, (64, 64))
    spoiled = image + 32768
    spoiled[0, :4] = 65535
    before, after = stretch(image, *limits(image)), stretch(spoiled, *limits(spoiled))
    assert np.abs(before - after)[1:].max() < 0.02


def test_a_constant_image_becomes_zero():
    assert not stretch(np.full((4, 4), 9.0), *limits(np.full((4, 4), 9.0))).any()


@pytest.mark.parametrize("shape", [(2, 5000), (5000, 1), (1, 1)])
def test_of_an_image_however_thin_a_pixel_is_left(shape):
    assert min(rescale(np.ones(shape), np.full(2, 0.01)).shape) == 1
