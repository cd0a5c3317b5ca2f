import numpy as np
import pytest

from adgan.survey.nuclei import Nuclei
from adgan.survey.ranges import count_range, scene_count, weights_of
from adgan.survey.settings import RANGES


def test_scenes_are_denser_than_sparse_images():
    low, high = scene_count((1, 3), (9, 11), (0, 0), 2)
    assert high / low == pytest.approx(3)
    covered = (low + high) / 2 * np.pi * 10**2 / 256**2
    assert covered == pytest.approx(RANGES[2].cover_min)
    assert scene_count((50, 100), (9, 11), (0, 0), 2) == (50, 100)


def test_scenes_are_sparser_than_dense_volumes():
    low, high = scene_count((200, 400), (9, 11), (0.6, 0.6), 3)
    assert high / low == pytest.approx(2)
    covered = (low + high) / 2 * 4 / 3 * np.pi * 10 * 8 * 8 / (64 * 128 * 128)
    assert covered == pytest.approx(RANGES[3].cover_max)
    assert scene_count((5, 25), (9, 11), (0.6, 0.6), 3) == (5, 25)
    assert scene_count((0, 0), (9, 11), (0.6, 0.6), 3) == (0, 0)


def test_clumps_have_no_weight():
    contrast, fit = np.ones(4), np.array([0.99, 0.98, 0.97, 0.93])
    axes = np.ones((4, 2))
    frame = np.full(2, 10.0), np.zeros(2)
    nuclei = Nuclei(axes, axes, axes[:, 0], fit, contrast, *frame, contrast, fit < 0)
    assert weights_of(nuclei)[3] == 0 and (weights_of(nuclei)[:3] > 1).all()


@pytest.mark.parametrize("ndim, number", [(2, 4), (3, 2.5)])
def test_nuclei_that_the_border_of_a_volume_cuts_count_half(ndim, number):
    one = np.ones(4)
    centres = np.full((4, ndim), 10.0)
    nuclei = Nuclei(
        centres, np.ones((4, ndim)), one, one, one, np.full(ndim, 20.0), np.zeros(ndim), one,
        np.array([True, True, True, False]),
    )  # fmt: skip
    assert np.mean(count_range([nuclei], 20.0**ndim)) == pytest.approx(number)
