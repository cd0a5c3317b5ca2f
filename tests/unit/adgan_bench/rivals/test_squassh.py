import numpy as np
import pytest
from scipy import ndimage

from adgan import evaluate
from adgan_bench.rivals.squassh import segment_squassh


@pytest.fixture
def discs():
    """Three discs apart, one of them dim, seen through a blur and shot noise."""
    y, x = np.mgrid[:96, :96]
    truth = np.zeros((96, 96), np.int32)
    light = np.full(truth.shape, 20.0)
    for label, (cy, cx, level) in enumerate(((25, 25, 200), (25, 70, 200), (70, 48, 120)), 1):
        inside = (y - cy) ** 2 + (x - cx) ** 2 <= 12**2
        truth[inside], light[inside] = label, level
    seen = np.random.default_rng(0).poisson(ndimage.gaussian_filter(light, 1.0))
    return seen.astype(np.uint16), truth


def test_finds_discs_through_blur_and_noise(discs):
    image, truth = discs
    scores = evaluate(segment_squassh(image), truth).pooled
    assert scores["f1"] == 1
    assert scores["dice"] > 0.95


def test_an_empty_image_has_no_nuclei():
    assert not segment_squassh(np.full((40, 40), 7, np.uint8)).any()


def test_volumes_pass_too():
    volume = np.full((16, 24, 24), 10.0)
    volume[5:12, 6:18, 6:18] = 100
    labels = segment_squassh(np.random.default_rng(0).poisson(volume))
    assert labels.max() == 1
    assert np.count_nonzero(labels) == pytest.approx(7 * 12 * 12, rel=0.1)
