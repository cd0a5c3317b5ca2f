import numpy as np
import pytest
from scipy import ndimage

from adgan.synth.layouts import Placed
from adgan.synth.outlines import reach_of_light


def ball(shape, centre, sides):
    places = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    inside = sum(((p - c) / s) ** 2 for p, c, s in zip(places, centre, sides, strict=True)) <= 1
    (box,) = ndimage.find_objects(inside.astype(int))
    return Placed(box, inside[box])


def drawn(shape, nuclei):
    labels = np.zeros(shape, np.uint32)
    for number, nucleus in enumerate(nuclei, start=1):
        labels[nucleus.box][nucleus.inside] = number
    return labels


def length(labels, axis):
    other = tuple(a for a in range(labels.ndim) if a != axis)
    return np.count_nonzero((labels > 0).any(axis=other))


@pytest.mark.parametrize("shape", [(64, 64), (40, 40, 40)])
def test_a_nucleus_thicker_than_its_blur_keeps_its_outline(shape):
    nucleus = ball(shape, [n / 2 for n in shape], [12] * len(shape))
    labels = drawn(shape, [nucleus])
    before = labels.copy()
    reach_of_light(labels, [nucleus], [[2.0] * len(shape)], 0.5)
    assert np.count_nonzero(labels != before) < 0.02 * np.count_nonzero(before)


def test_a_flat_nucleus_is_outlined_as_long_as_its_blur_makes_it_look_and_no_wider():
    shape = (40, 48, 48)
    nucleus = ball(shape, (20, 24, 24), (2.5, 12, 12))
    labels = drawn(shape, [nucleus])
    thick, wide = length(labels, 0), length(labels, 1)
    reach_of_light(labels, [nucleus], [[5.0, 0.5, 0.5]], 0.5)
    # Half of the highest of a Gaussian of this standard deviation lies 1.18 of it away.
    assert 2 * 1.18 * 5 - 1 <= length(labels, 0) <= 2 * 1.18 * 5 + 4 > thick
    assert length(labels, 1) == wide


def test_between_two_nuclei_a_voxel_goes_to_the_one_that_shines_more_and_none_loses_its_own():
    shape = (48, 24, 24)
    nuclei = [ball(shape, (z, 12, 12), (3, 8, 8)) for z in (16, 26)]
    labels = drawn(shape, nuclei)
    before = labels.copy()
    reach_of_light(labels, nuclei, [[4.0, 0.5, 0.5]] * 2, 0.5)
    assert (labels[before > 0] == before[before > 0]).all()
    column = labels[:, 12, 12]
    assert set(column[13:21]) == {1} and set(column[22:30]) == {2}


def test_a_nucleus_that_the_frame_cuts_goes_on_beyond_it():
    shape = (20, 24, 24)
    nucleus = ball(shape, (0, 12, 12), (6, 8, 8))
    labels = drawn(shape, [nucleus])
    reach_of_light(labels, [nucleus], [[4.0, 0.5, 0.5]], 0.5)
    assert 6 <= np.count_nonzero(labels[:, 12, 12]) <= 9
