import numpy as np
import pytest
from skimage.transform import resize

from adgan.image.enlarge import enlarge, interpolate


@pytest.mark.parametrize(
    ("small", "large"), [((7, 10), (16, 23)), ((1, 5), (4, 5)), ((3, 4, 5), (7, 4, 9))]
)
def test_it_is_linear_interpolation(small, large):
    array = np.random.default_rng(0).random(small).astype(np.float32)
    steps = [n / m for n, m in zip(large, small, strict=True)]
    expected = resize(array, large, order=1, mode="edge", anti_aliasing=False)
    found = enlarge(array, large, steps)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_last_large_pixel_may_be_cut():
    assert np.allclose(enlarge(np.array([[0.0, 4.0]]), (1, 3), (4, 4)), [[0, 0, 0.5]])
    assert np.allclose(enlarge(np.array([[0.0, 4.0]]), (1, 5), (4, 4)), [[0, 0, 0.5, 1.5, 2.5]])


@pytest.mark.parametrize("shape", [(5, 7), (3, 4, 6)])
def test_the_same_places_give_the_same_values_in_an_array_of_their_own(shape):
    array = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    same = interpolate(array, [np.arange(n) for n in shape])
    np.testing.assert_array_equal(same, array)
    assert not np.shares_memory(same, array)
    # An axis without change beside one with change.
    half = interpolate(array, [np.arange(0, shape[0] - 1) + 0.5, *map(np.arange, shape[1:])])
    np.testing.assert_allclose(half, (array[1:] + array[:-1]) / 2, atol=1e-6)
