import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgan.builtin.confidence import NucleusFeatures
from adgan.builtin.settings import SEARCH, TARGETS
from adgan.builtin.windows import (
    WindowNuclei,
    choose_windows,
    find_in_window,
    quantile,
    weighted_median,
)
from adgan.system.seeding import generator

NUMBERS = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.01, 10)), min_size=1, max_size=30)


@given(NUMBERS)
def test_a_weighted_median_parts_the_weights(pairs):
    values, weights = map(np.array, zip(*pairs, strict=True))
    found = weighted_median(values, weights)
    assert found in values
    total = weights.sum()
    assert weights[values <= found].sum() >= 0.5 * total * (1 - 1e-9)
    assert weights[values < found].sum() <= 0.5 * total * (1 + 1e-9)


@given(NUMBERS, st.floats(0.1, 50))
def test_weights_count_by_their_ratios(pairs, factor):
    values, weights = map(np.array, zip(*pairs, strict=True))
    # Ties of rounding aside: the medians differ by no value in between.
    one, other = weighted_median(values, weights), weighted_median(values, factor * weights)
    between = (values > min(one, other)) & (values < max(one, other))
    assert not between.any()


def test_quantiles_follow_the_weights():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 6.0])
    assert quantile(values, 0.5, weights) == 2
    assert quantile(values, 0.95, weights) == 3


def test_the_median_of_nothing_is_none():
    assert np.isnan(weighted_median(np.zeros(0), np.zeros(0)))
    assert np.isnan(weighted_median(np.ones(3), np.zeros(3)))


@given(
    st.tuples(st.integers(20, 900), st.integers(20, 900)),
    st.floats(0.2, 3),
    st.integers(1, 4),
    st.integers(0, 100),
)
def test_windows_lie_within_the_image(shape, scale, number, seed):
    pixels = generator(seed).random((-(-shape[0] // 8), -(-shape[1] // 8)), dtype=np.float32)
    pixels = np.kron(pixels, np.ones((8, 8), np.float32))[: shape[0], : shape[1]]
    found = choose_windows(pixels, (scale, scale), number)
    assert 1 <= len(found) <= number
    sides = [min(n, int(np.ceil(SEARCH[2].side / scale))) for n in shape]
    for window in found:
        assert [s.stop - s.start for s in window] == sides
        assert all(0 <= s.start and s.stop <= n for s, n in zip(window, shape, strict=True))
    if sides == list(shape):
        assert len(found) == 1


def test_the_busiest_part_is_looked_at_first():
    pixels = np.zeros((900, 900), np.float32)
    pixels[600:700, 100:260] = generator(0).random((100, 160)) * 50
    pixels[80:120, 700:760] = 20
    first, second = choose_windows(pixels, (1.0, 1.0), 2)
    assert first[0].start < 600 and first[0].stop > 700
    assert second[1].start <= 700 and second[1].stop >= 760


def test_one_bright_speck_is_not_the_busiest_part():
    pixels = np.zeros((900, 900), np.float32)
    pixels[600:760, 100:260] = generator(0).random((160, 160)) * 50
    pixels[100:103, 700:703] = 60_000
    (window,) = choose_windows(pixels, (1.0, 1.0), 1)
    assert window[0].start < 660 < window[0].stop


def test_a_volume_has_windows_of_its_rank():
    pixels = generator(0).random((20, 300, 310))
    for window in choose_windows(pixels, (3.0, 1.0, 1.0), 2):
        assert [s.stop - s.start for s in window] == [
            20,
            SEARCH[3].side,
            SEARCH[3].side,
        ]


def seen(radius, confidence):
    number = len(radius)
    nuclei = NucleusFeatures(
        np.zeros((number, 10)),
        np.array(radius, float),
        np.zeros(number, bool),
        np.ones((number, 2)),
    )
    return WindowNuclei(np.zeros((208, 208), np.uint32), nuclei, np.array(confidence, float))


def test_what_is_less_likely_right_than_not_explains_nothing():
    assert seen([11, 20], [0.5, 0.2]).explained == 0
    assert seen([], []).explained == 0
    assert seen([TARGETS[2].unit], [1.0]).explained == pytest.approx(TARGETS[2].unit ** 2 / 208**2)


def test_large_nuclei_explain_more_but_less_than_their_area():
    one, other = seen([11], [0.9]).explained, seen([22], [0.9]).explained
    assert 2 < other / one < 4


def test_a_glance_tells_of_the_window_at_its_scale(small_network):
    pixels = generator(0).random((90, 100))
    found = find_in_window(small_network(), pixels, (slice(10, 70), slice(20, 100)), (0.8, 0.8))
    assert found.ndim == 2 and found.area == 48 * 64
    assert len(found.confidence) == len(found.nuclei.radius)
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def labelled(labels):
    """The nuclei of a label map, all certain."""
    number = int(labels.max())
    nuclei = NucleusFeatures(
        np.zeros((number, 10)),
        np.ones(number),
        np.zeros(number, bool),
        np.ones((number, labels.ndim)),
    )
    return WindowNuclei(labels, nuclei, np.ones(number))


def test_nuclei_are_found_again_at_another_scale():
    labels = np.zeros((40, 60), np.uint32)
    labels[4:20, 4:20], labels[4:20, 30:50], labels[26:36, 8:30] = 1, 2, 3
    coarser = labels[::2, ::2].copy()
    coarser[coarser == 2] = 0
    coarser[2:10, 15:19], coarser[13:18, 4:15] = 4, 3
    assert list(labelled(labels).found_in(labelled(coarser))) == [True, False, True]
    assert list(labelled(labels).found_in(labelled(np.zeros((20, 30), np.uint32)))) == [False] * 3
