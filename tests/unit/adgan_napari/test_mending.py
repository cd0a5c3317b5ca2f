import numpy as np
import pytest
from skimage.draw import disk, ellipse

from adgan.errors import AdganError
from adgan_napari.mending import delete, merge, split


def done(labels, change):
    labels = labels.copy()
    labels[change.where] = change.values
    return labels


def test_a_nucleus_is_deleted():
    labels = np.array([[1, 1, 2], [0, 3, 2]])
    assert done(labels, delete(labels, 2)).tolist() == [[1, 1, 0], [0, 3, 0]]


def test_nuclei_are_merged_into_the_first():
    labels = np.array([[1, 1, 2], [0, 3, 2]])
    assert done(labels, merge(labels, [3, 1])).tolist() == [[3, 3, 2], [0, 3, 2]]
    with pytest.raises(AdganError, match="choose two nuclei"):
        merge(labels, [2, 2])


def test_pieces_that_do_not_touch_become_nuclei_the_largest_keeps_its_label():
    labels = np.array([[4, 0, 4, 4, 0, 4], [0, 0, 4, 4, 0, 4]])
    assert done(labels, split(labels, 4, 9)).tolist() == [[10, 0, 4, 4, 0, 9], [0, 0, 4, 4, 0, 9]]


@pytest.mark.parametrize("radius", [8, 12])
def test_two_discs_that_touch_are_cut_between_them(radius):
    labels = np.zeros((60, 70), np.uint32)
    labels[disk((30, 20), 12)] = 5
    labels[disk((30, 30 + radius), radius)] = 5
    parts = done(labels, split(labels, 5, 6))
    assert (parts > 0).sum() == (labels > 0).sum()
    assert set(np.unique(parts)) == {0, 5, 6}
    assert parts[30, 14] == 5 and parts[30, 32 + radius] != parts[30, 14]
    sizes = np.bincount(parts.ravel())[5:]
    assert 0.5 * (radius / 12) ** 2 < sizes.min() / sizes.max() <= 1


def test_one_without_a_waist_is_cut_across_its_length_into_as_many_parts_as_are_asked_for():
    labels = np.zeros((40, 80), np.int32)
    labels[ellipse(20, 40, 8, 30)] = 1
    parts = done(labels, split(labels, 1, 2, parts=3))
    sizes = np.bincount(parts.ravel())[1:]
    assert len(sizes) == 3 and sizes.min() > 0.15 * sizes.sum()


def test_a_nucleus_of_a_frame_and_one_of_a_volume_are_split_alike():
    flat = np.zeros((30, 50), np.uint32)
    flat[disk((15, 14), 8)] = 1
    flat[disk((15, 29), 8)] = 1
    series = np.stack([np.zeros_like(flat), flat])
    volume = np.stack([flat] * 3)
    of_flat = done(flat, split(flat, 1, 2))
    np.testing.assert_array_equal(done(series, split(series, 1, 2))[1], of_flat)
    cut = done(volume, split(volume, 1, 2, sides=(3.0, 1.0, 1.0)))
    assert set(np.unique(cut)) == {0, 1, 2}
    assert len(np.unique(cut[:, 15, 14])) == 1 and len(np.unique(cut[:, 15, [14, 29]])) == 2


def test_what_is_not_there_or_too_small_is_said():
    labels = np.array([[1, 0]])
    with pytest.raises(AdganError, match="there is no nucleus 7"):
        delete(labels, 7)
    with pytest.raises(AdganError, match="too few to be split"):
        split(labels, 1, 2)
