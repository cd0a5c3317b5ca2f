import numpy as np
import pytest

from adgan.image.intensity import Levels, limits, measure_levels, stretch, toned
from adgan.system.seeding import generator


@pytest.fixture
def image():
    return generator(0).gamma(2, 500, (64, 64)).astype(np.uint16)


def brightened(image, percentiles=(0.5, 99.8), gamma=0.5):
    return measure_levels(image, percentiles, gamma).apply(image)


@pytest.mark.parametrize("scale, offset", [(1, 20000), (7, 0), (0.01, -3)])
def test_neither_offset_nor_scale_matters(image, scale, offset):
    other = image.astype(np.float64) * scale + offset
    np.testing.assert_allclose(brightened(other), brightened(image), atol=2e-3)


def test_percentiles_become_the_ends(image):
    levels = measure_levels(image, (10, 90), 0.5)
    assert (levels.low, levels.high) == tuple(np.percentile(image, (10, 90)))
    out = levels.apply(image)
    assert out.dtype == np.float32 and out.shape == image.shape
    assert (out.min(), out.max()) == (-1, 1)
    assert 0.08 < (out == -1).mean() < 0.12 and 0.08 < (out == 1).mean() < 0.12


def test_the_papers_min_max_is_linear(image):
    out = brightened(image, percentiles=(0, 100), gamma=1)
    expected = 2 * (image - float(image.min())) / np.ptp(image) - 1
    np.testing.assert_allclose(out, expected, atol=1e-6)


def test_the_square_root_lifts_what_is_dim():
    assert Levels(0, 100, 0.5).apply(np.array([25]))[0] == 0
    assert Levels(0, 100, 1).apply(np.array([25]))[0] == -0.5


def test_a_few_bright_pixels_on_black_count():
    image = np.zeros((50, 50), np.uint8)
    image[3, 4] = 200
    levels = measure_levels(image, (0.5, 99.8), 0.5)
    assert (levels.low, levels.high) == (0, 200)
    assert levels.apply(image)[3, 4] == 1


def test_one_value_alone_is_dark():
    assert (brightened(np.full((8, 8), 7)) == -1).all()


def test_tones_keep_the_ends_and_lift_what_is_dim():
    image = np.array([-1.2, -1, -0.5, 0, 1], np.float32)
    assert toned(image, 1) is image
    np.testing.assert_allclose(toned(image, 0.5), [-1, -1, 0, 2**0.5 - 1, 1], atol=1e-6)
    assert toned(image, 0.3).dtype == np.float32


def test_an_offset_and_a_few_saturated_pixels_change_nothing():
    image = np.random.default_rng(0).uniform(0, 100, (64, 64))
    spoiled = image + 32768
    spoiled[0, :4] = 65535
    before, after = stretch(image, *limits(image)), stretch(spoiled, *limits(spoiled))
    assert np.abs(before - after)[1:].max() < 0.02


def test_a_constant_image_becomes_zero():
    assert not stretch(np.full((4, 4), 9.0), *limits(np.full((4, 4), 9.0))).any()
