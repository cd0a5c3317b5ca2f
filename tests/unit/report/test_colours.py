import numpy as np
import pytest
from scipy.spatial import cKDTree

from adgan.report.colours import LABEL_COLOURS, OKABE_ITO, colour_labels, css


def voronoi(seed, count, shape=(80, 90)):
    rng = np.random.default_rng(seed)
    grid = np.moveaxis(np.indices(shape), 0, -1)
    _, nearest = cKDTree(rng.uniform(0, shape, (count, 2))).query(grid)
    return nearest.astype(np.int32) * 11 + 5


@pytest.mark.parametrize("seed", range(20))
def test_touching_labels_differ_even_where_all_touch(seed):
    labels = voronoi(seed, 60)
    colours = colour_labels(labels).astype(int)
    for axis in (0, 1):
        border = np.diff(labels, axis=axis) != 0
        change = np.abs(np.diff(colours, axis=axis)).sum(axis=-1)
        assert (change[border] > 0).all() and (change[~border] == 0).all()


def test_it_is_the_same_each_time_and_background_is_black():
    labels = voronoi(0, 40)
    labels[:20] = 0
    first = colour_labels(labels)
    np.testing.assert_array_equal(first, colour_labels(labels))
    assert not first[:20].any()
    shown = {tuple(colour) for colour in first[20:].reshape(-1, 3)}
    assert shown == {tuple(colour) for colour in LABEL_COLOURS}


def test_maps_with_nothing_or_one_label():
    assert not colour_labels(np.zeros((3, 4), np.uint8)).any()
    assert tuple(colour_labels(np.ones((3, 4), np.uint8))[0, 0]) == OKABE_ITO["orange"]
    assert colour_labels(np.full((1, 1), 60_000, np.uint16)).any()


def test_css():
    assert css((0, 158, 115)) == "#009e73"
