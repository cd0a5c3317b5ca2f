import numpy as np
import pytest
from scipy import ndimage

from adgan.instances.basins import find_basins
from adgan.instances.boundary import signed_depth
from adgan.instances.regions import components
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


@pytest.mark.parametrize("ndim", [2, 3])
def test_touching_nuclei_are_split_where_they_meet(ndim):
    truth = balls(*PAIRS[ndim], 8)
    mask = truth > 0
    assert components(mask).max() == 1
    labels = find_basins(relief_of(mask), mask, 0.5)
    assert labels.dtype == np.uint32 and labels.max() == 2
    assert np.array_equal(labels > 0, mask)
    assert (labels != truth).mean() < 0.01 or (labels != (3 - truth) * mask).mean() < 0.01


def test_a_summit_counts_from_its_height_above_the_pass():
    line = np.array([[1, 4, 2, 3, 1, 5, 0]], float)
    found = [find_basins(line, line > 0, h).max() for h in (0.5, 1, 1.5, 3, 3.5)]
    assert found == [3, 3, 2, 2, 1]


def test_a_summit_too_low_joins_the_neighbour_over_the_highest_pass():
    line = np.array([[9, 1, 4, 3, 8]], float)
    assert find_basins(line, line > 0, 2).tolist() == [[1, 1, 2, 2, 2]]


def test_every_component_has_a_label_however_low():
    mask = np.zeros((5, 9), bool)
    mask[1:4, 1:3] = mask[1:4, 5:8] = True
    labels = find_basins(np.where(mask, 0.01, 0), mask, 10)
    assert np.array_equal(labels > 0, mask) and labels.max() == 2
    assert find_basins(np.zeros((4, 4)), np.zeros((4, 4), bool), 1).max() == 0


def test_a_summit_under_the_least_leaves_its_pixels_to_a_neighbour_or_to_none():
    line = np.array([[9, 1, 4, 2, 3, 1, 5, 0, 4]], float)
    labels = find_basins(line, line > 0, 0.5, least=5)
    assert labels.tolist() == [[1, 1, 1, 1, 1, 2, 2, 0, 0]]


def test_level_ground_is_one_basin():
    mask = np.ones((6, 7), bool)
    mask[2:4, 3:5] = False  # a ring of level ground
    assert find_basins(mask.astype(float), mask, 0.1).max() == 1


@pytest.mark.parametrize("shape", [(1, 6), (6, 1), (3, 4), (2, 3, 4)])
def test_level_ground_has_one_summit_even_where_none_is_joined(shape):
    assert find_basins(np.ones(shape), np.ones(shape, bool), 0).max() == 1


def test_a_field_of_nuclei_is_found_again():
    centres = [(y, x) for y in range(10, 100, 17) for x in range(10 + y % 3, 100, 17)]
    truth = balls((110, 110), centres, 9)
    mask = truth > 0
    labels = find_basins(relief_of(mask), mask, 0.3)
    assert f1(count_overlap(labels, truth), 0.8) == 1
