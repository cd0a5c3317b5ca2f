import numpy as np
import pytest
from skimage.transform import resize

from adgan.image.enlarge import enlarge


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
