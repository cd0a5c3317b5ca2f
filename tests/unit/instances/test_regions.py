import numpy as np
import pytest
from scipy import ndimage

from adgan.instances.regions import components, grow, tidy

PAIRS = {2: ((24, 40), [(12, 13), (12, 26)]), 3: ((24, 24, 40), [(12, 12, 13), (12, 12, 26)])}


def balls(shape, centres, radius):
    """Label map of discs or balls, each pixel that of the nearest centre."""
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    distances = np.array([np.linalg.norm(grid - centre, axis=-1) for centre in centres])
    return np.where(distances.min(0) <= radius, distances.argmin(0) + 1, 0)


def test_growing_keeps_markers_and_names_orphans():
    mask = np.zeros((5, 12), bool)
    mask[1:4, 1:6] = mask[1:4, 8:11] = True
    markers = np.zeros(mask.shape, int)
    markers[2, 1], markers[2, 5], markers[0, 0] = 7, 3, 9  # the last lies outside
    labels = grow(np.zeros(mask.shape), markers, mask)
    assert labels.dtype == np.uint32
    assert np.array_equal(labels > 0, mask)
    assert labels[2, 1] == 7 and labels[2, 5] == 3
    assert set(np.unique(labels)) == {0, 3, 7, 8}  # the orphan comes after the markers


def test_growing_follows_the_relief():
    # Two markers on unequal summits; the valley between them lies off the middle.
    line = np.array([[3, 2, 1, 2, 3, 4, 5, 6.0]])
    markers = np.array([[1, 0, 0, 0, 0, 0, 0, 2]])
    labels = grow(line, markers, line > 0)
    assert labels[0, [0, 1]].tolist() == [1, 1] and labels[0, 3:].tolist() == [2] * 5


def test_tidy_keeps_the_largest_piece_and_fills_its_holes():
    labels = np.zeros((10, 12), int)
    labels[1:6, 1:6] = 5
    labels[3, 3] = 0
    labels[8, 1:4] = 5
    labels[1:6, 6:10] = 2
    out = tidy(labels, 4, 4)
    expected = np.zeros((10, 12), int)
    expected[1:6, 1:6], expected[1:6, 6:10] = 2, 1
    assert np.array_equal(out, expected)
    assert out.dtype == np.uint32


def test_tidy_drops_specks_and_spares_what_the_frame_cuts():
    labels = np.zeros((10, 20), int)
    labels[4:6, 4:6], labels[0:2, 10:12], labels[4:7, 15:18] = 1, 2, 3
    assert tidy(labels, 5, 5).max() == 1
    out = tidy(labels, 5, 4)
    assert out[5, 5] == 0 and out[0, 10] == 1 and out[5, 16] == 2


def test_a_single_pixel_stays_where_it_is_large_enough():
    labels = np.zeros((5, 6), int)
    labels[2, 2], labels[0, 5] = 3, 4
    assert np.array_equal(tidy(labels, 0, 1) > 0, labels > 0)
    assert not tidy(labels, 2, 2).any()


def test_tidy_closes_a_nucleus_over_a_speck_within_it_but_not_over_a_nucleus():
    labels = np.zeros((20, 20), int)
    labels[1:19, 1:19] = 1
    labels[9:11, 9:11] = 2
    assert (tidy(labels, 5, 5)[1:19, 1:19] == 1).all()
    assert tidy(labels, 4, 4).max() == 2


@pytest.mark.parametrize("ndim", [2, 3])
def test_no_label_is_lost(ndim):
    truth = balls(*PAIRS[ndim], 8)
    assert np.array_equal(tidy(truth, 10, 10), truth)
    assert np.array_equal(tidy(np.zeros_like(truth), 10, 10), np.zeros_like(truth))
    assert np.array_equal(tidy(np.where(truth == 1, 1_000_000, truth), 10, 10) > 0, truth > 0)


def test_components_touch_at_corners():
    assert components(np.eye(3, dtype=bool)).max() == 1
    assert components(np.zeros((2, 3, 4), bool)).shape == (2, 3, 4)


def test_components_are_counted_right_at_any_size():
    rng = np.random.default_rng(0)
    for _ in range(200):
        mask = rng.random(rng.integers(1, 8, rng.integers(2, 4))) > 0.5
        expected, count = ndimage.label(mask, np.ones((3,) * mask.ndim))
        labels = components(mask)
        assert labels.max() == count
        assert np.array_equal(labels > 0, mask)
