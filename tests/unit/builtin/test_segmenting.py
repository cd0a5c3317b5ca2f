import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgan.builtin.reading import WORKING, Reading
from adgan.builtin.resample import LEAST
from adgan.builtin.segmenting import expected_f1, find
from adgan.seeding import generator


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("diameter", [9.0, 25.0, 60.0])
def test_labels_fit_the_image_and_what_is_told_of_them(small_network, seed, diameter):
    image = (generator(seed).random((70, 93)) * 1000).astype(np.uint16)
    network = small_network(seed=seed)
    found = find(network, image, Reading(diameter, bool(seed % 2), 1.0, 1.0), threshold=0.4)
    assert found.labels.shape == image.shape and found.labels.dtype == np.uint32
    number = int(found.labels.max())
    for labels in (found.labels, found.small):
        assert np.unique(labels[labels > 0]).tolist() == list(range(1, number + 1))
    assert len(found.sure) == len(found.nuclei.radius) == number
    assert found.small.shape == found.working.shape == found.maps.foreground.shape
    sides = [max(LEAST[2], n * WORKING[2] / diameter) for n in image.shape]
    assert found.working.shape == pytest.approx(sides, abs=1)


def test_a_dark_image_is_found_as_its_negative(small_network):
    image = generator(0).random((60, 60))
    one = find(small_network(), image, Reading(25.0, False, 1.0, 1.0))
    other = find(small_network(), 1.0 - image, Reading(25.0, True, 1.0, 1.0))
    assert other.working == pytest.approx(
        one.working + other.working.min() - one.working.min(), abs=1e-5
    )
    assert (one.labels == other.labels).mean() > 0.99


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0, 40))
def test_the_f1_to_expect_lies_between_0_and_1_and_falls_with_what_is_missing(sure, expected):
    sure = np.array(sure)
    f1 = expected_f1(sure, expected)
    assert 0 <= f1 <= 1
    assert expected_f1(sure, expected + 1) <= f1


def test_the_f1_to_expect_by_hand():
    assert expected_f1(np.ones(4), 4) == 1
    assert expected_f1(np.ones(4), 12) == pytest.approx(0.5)
    assert expected_f1(np.full(4, 0.5), 2) == pytest.approx(4 / 6)
    assert expected_f1(np.zeros(0), 0) == 1
    assert expected_f1(np.zeros(0), 3) == 0
