from itertools import product

import numpy as np
import pytest

from adgan import evaluate


@pytest.fixture
def touching():
    """Two discs of diameter 20 that touch, one apart, bright on a noisy ground."""
    y, x = np.mgrid[:80, :80]
    truth = np.zeros((80, 80), np.int32)
    for label, (cy, cx) in enumerate(((20, 20), (20, 40), (60, 50)), start=1):
        truth[(y - cy) ** 2 + (x - cx) ** 2 <= 10**2] = label
    noise = np.random.default_rng(0).normal(0, 5, truth.shape)
    return truth, np.where(truth > 0, 200, 50) + noise


def test_splits_touching_discs_at_every_threshold(touching):
    from adgan_bench.rivals.thresholds import SIGMA, THRESHOLDS, segment_plainly

    truth, image = touching
    for name, smoothing in product(THRESHOLDS, SIGMA):
        found = evaluate(segment_plainly(image, name, smoothing, 20.0), truth)
        assert found.pooled["f1"] == 1, name
        assert found.pooled["dice"] > 0.8, name


def test_specks_are_no_nuclei(touching):
    from adgan_bench.rivals.thresholds import segment_plainly

    truth, image = touching
    image[70:73, 5:8] = 400
    labels = segment_plainly(image, "otsu", "narrow", 20.0)
    assert not labels[68:75, 3:10].any()
    assert len(np.unique(labels)) == 4


def test_log_otsu_is_in_the_units_of_the_image():
    from adgan_bench.rivals.thresholds import threshold_log_otsu

    image = np.array([1000.0] * 50 + [1010.0] * 50 + [5000.0] * 50)
    shift = 32768
    low = threshold_log_otsu(image)
    assert 1000 <= low < 5000
    assert threshold_log_otsu(image + shift) == pytest.approx(low + shift)
