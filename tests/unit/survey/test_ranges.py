import numpy as np
import pytest

from adgan.survey.nuclei import Nuclei
from adgan.survey.ranges import quantile, scene_count, weights_of
from adgan.survey.settings import RANGES


def test_quantiles_follow_the_weights():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 6.0])
    assert quantile(values, 0.5, weights) == 2
    assert quantile(values, 0.95, weights) == 3


def test_scenes_are_denser_than_sparse_images():
    low, high = scene_count((1, 3), (9, 11), (0, 0))
    assert high / low == pytest.approx(3)
    covered = (low + high) / 2 * np.pi * 10**2 / 256**2
    assert covered == pytest.approx(RANGES[2].cover_min)
    assert scene_count((50, 100), (9, 11), (0, 0)) == (50, 100)


def test_clumps_have_no_weight():
    contrast, fit = np.ones(4), np.array([0.99, 0.98, 0.97, 0.93])
    axes = np.ones((4, 2))
    frame = np.full(2, 10.0), np.zeros(2)
    nuclei = Nuclei(axes, axes, axes, axes[:, 0], fit, contrast, 9.0, *frame, contrast)
    assert weights_of(nuclei)[3] == 0 and (weights_of(nuclei)[:3] > 1).all()
