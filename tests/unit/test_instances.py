import numpy as np
import pytest
from scipy import ndimage

from adgan.boundary import signed_depth
from adgan.instances import components, find_markers, grow, tidy
from adgan.metrics.matching import f1
from adgan.metrics.overlap import count_overlap

PAIRS = {2: ((24, 40), [(12, 13), (12, 26)]), 3: ((24, 24, 40), [(12, 12, 13), (12, 12, 26)])}


def balls(shape, centres, radius):
    """Label map of discs or balls, each pixel that of the nearest centre."""
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    distances = np.array([np.linalg.norm(grid - centre, axis=-1) for centre in centres])
    return np.where(distances.min(0) <= radius, distances.argmin(0) + 1, 0)


def relief_of(mask):
    return ndimage.gaussian_filter(np.clip(signed_depth(mask), 0, None), 0.7)


@pytest.mark.parametrize("rank", [2, 3])
def test_touching_nuclei_are_split_where_they_meet(rank):
    truth = balls(*PAIRS[rank], 8)
    mask = truth > 0
    assert components(mask).max() == 1
    markers = find_markers(relief_of(mask), mask, 0.5)
    assert markers.max() == 2 and np.count_nonzero(markers) == 2
    labels = grow(relief_of(mask), markers, mask)
    assert np.array_equal(labels > 0, mask)
    assert (labels != truth).mean() < 0.01 or (labels != (3 - truth) * mask).mean() < 0.01


def test_a_summit_counts_from_its_height_above_the_pass():
    line = np.array([[1, 4, 2, 3, 1, 5, 0]], float)
    found = [find_markers(line, line > 0, h).max() for h in (0.5, 1, 1.5, 3, 3.5)]
    assert found == [3, 3, 2, 2, 1]


def test_every_component_has_a_marker_however_low():
    mask = np.zeros((5, 9), bool)
    mask[1:4, 1:3] = mask[1:4, 5:8] = True
    markers = find_markers(np.where(mask, 0.01, 0), mask, 10)
    assert set(np.unique(markers)) == {0, 1, 2}
    assert find_markers(np.zeros((4, 4)), np.zeros((4, 4), bool), 1).max() == 0


def test_level_ground_is_one_summit():
    mask = np.ones((6, 7), bool)
    mask[2:4, 3:5] = False  # a ring of level ground
    assert find_markers(mask.astype(float), mask, 0.1).max() == 1


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


def test_a_field_of_nuclei_is_found_again():
    centres = [(y, x) for y in range(10, 100, 17) for x in range(10 + y % 3, 100, 17)]
    truth = balls((110, 110), centres, 9)
    mask = truth > 0
    labels = grow(relief_of(mask), find_markers(relief_of(mask), mask, 0.3), mask)
    assert f1(count_overlap(labels, truth), 0.8) == 1


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


def test_tidy_closes_a_nucleus_over_a_speck_within_it_but_not_over_a_nucleus():
    labels = np.zeros((20, 20), int)
    labels[1:19, 1:19] = 1
    labels[9:11, 9:11] = 2
    assert (tidy(labels, 5, 5)[1:19, 1:19] == 1).all()
    assert tidy(labels, 4, 4).max() == 2


@pytest.mark.parametrize("rank", [2, 3])
def test_no_label_is_lost(rank):
    truth = balls(*PAIRS[rank], 8)
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
