import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, label
from skimage.measure import regionprops

from adgan.labels.hull import solidity
from adgan.labels.labelmap import regions


def solidity_of(labels):
    found = regions(labels)
    return solidity(found, np.stack(np.unravel_index(found.pixels, found.shape), axis=1))


def blobs(shape, sigma, seed):
    smooth = gaussian_filter(np.random.default_rng(seed).normal(size=shape), sigma)
    return label(smooth > np.quantile(smooth, 0.65))[0]


@pytest.mark.parametrize("sigma", [0, 0.7, 1.5, 3])
def test_it_is_scikit_images_in_2d(sigma):
    labels = blobs((70, 60), sigma, seed=1)
    expected = [region.solidity for region in regionprops(labels)]
    np.testing.assert_allclose(solidity_of(labels), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_scikit_images_in_3d_where_that_has_a_value(seed):
    labels = blobs((20, 24, 22), 1.6, seed)
    thick = [r for r in regionprops(labels) if min(r.image.shape) > 3]
    values = dict(zip(regions(labels).labels.tolist(), solidity_of(labels), strict=True))
    assert thick
    for region in thick:
        assert values[region.label] == pytest.approx(region.solidity, abs=1e-12)


@pytest.mark.parametrize("shape", [(6, 7), (1, 7), (7, 1), (1, 1), (3, 4, 5), (1, 4, 5), (1, 1, 1)])
def test_boxes_lines_and_single_pixels_fill_their_hull(shape):
    labels = np.pad(np.full(shape, 3), 1)
    assert solidity_of(labels).tolist() == [1.0]


def test_a_hole_a_notch_and_a_second_piece_lower_it():
    square = np.full((9, 9), 1)
    holed, notched, apart = square.copy(), square.copy(), np.zeros((9, 9), int)
    holed[4, 4] = 0
    notched[0:3, 4] = 0
    apart[[0, 8]] = 1
    assert solidity_of(holed).tolist() == [80 / 81]
    assert solidity_of(notched).tolist() == [78 / 81]
    assert solidity_of(apart).tolist() == [18 / 81]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_flat_nucleus_has_the_value_of_its_plane(axis):
    labels = blobs((40, 44), 1.0, seed=5)
    np.testing.assert_allclose(solidity_of(np.expand_dims(labels, axis)), solidity_of(labels))
