import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.labels.labelmap import ball, check_labels, cut_by_frame, radius_of, regions


@pytest.mark.parametrize("labels", [[4_000_000_000, 7, 0, 7], [9, 3, 0, 3]])
def test_pixels_come_by_label_then_in_raster_order(labels):
    found = regions(np.array(labels, np.uint32).reshape(2, 2))
    assert found.labels.tolist() == sorted(set(labels) - {0})
    assert found.starts.tolist() == [0, 2]
    assert found.sizes.tolist() == [2, 1]
    assert found.pixels.tolist() == [1, 3, 0]
    assert found.per_pixel(np.array([5, 6])).tolist() == [5, 5, 6]


def test_a_map_without_nuclei_has_no_regions():
    found = regions(np.zeros((3, 4), np.uint8))
    assert found.labels.size == found.starts.size == found.sizes.size == found.pixels.size == 0


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.ones((4, 4)), "whole numbers, not float64"),
        (np.ones((4, 4), bool), "whole numbers, not bool"),
        (np.array([[0, -3]]), "has -3"),
        (np.ones(4, int), "Y X or Z Y X"),
        (np.ones((1, 1, 1, 4), int), "Y X or Z Y X"),
        (np.ones((0, 4), int), "no pixels"),
    ],
)
def test_what_is_no_label_map_is_refused_in_one_line(labels, said):
    with pytest.raises(AdganError, match=said) as caught:
        check_labels(labels)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_ball_has_the_radius_that_it_was_made_with(ndim):
    grid = np.stack(np.meshgrid(*[np.arange(41) - 20] * ndim, indexing="ij"))
    size = np.count_nonzero((grid**2).sum(0) <= 15**2)
    assert ball(15.0, ndim) == pytest.approx(size, rel=0.02)
    assert radius_of(ball(7.0, ndim), ndim) == pytest.approx(7)
    assert radius_of(np.array([size, 0]), ndim) == pytest.approx([15, 0], abs=0.1)


@pytest.mark.parametrize("ndim", [2, 3])
def test_the_frame_cuts_what_lies_at_any_of_its_sides(ndim):
    labels = np.zeros((9,) * ndim, np.uint32)
    labels[(slice(3, 5),) * ndim] = 1
    for axis in range(ndim):
        for label, end in ((2, 0), (4, -1)):
            place = [slice(6, 8)] * ndim
            place[axis] = end
            cut = labels.copy()
            cut[tuple(place)] = label
            expected = np.zeros(label + 1, bool)
            expected[[0, label]] = True
            assert (cut_by_frame(cut) == expected).all()
    assert cut_by_frame(0 * labels).tolist() == [True]
