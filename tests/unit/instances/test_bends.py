import numpy as np
import pytest

from adgan.instances.bends import _bends, cut_bent
from adgan.recipe.decoding import SplitSettings

HOW = SplitSettings()

SPECK = 20
FEW = 10
"""Nuclei from which on their usual size is known."""


def ellipsoid(shape: tuple[int, ...], centre: list[float], axes: list[float]) -> np.ndarray:
    grid = np.indices(shape) + 0.5
    away = sum(((g - c) / a) ** 2 for g, c, a in zip(grid, centre, axes, strict=True))
    return np.asarray(away <= 1)


def scene(singles: int = FEW) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw long nuclei one by one, then two side by side under one label; return these too."""
    shape, axes = (40, 30 * (singles + 2)), [14.0, 7.0]
    labels = np.zeros(shape, int)
    for number in range(singles):
        labels[ellipsoid(shape, [20, 15 + 30 * number], axes)] = number + 1
    middle = 30 * (singles + 1)
    one, other = (ellipsoid(shape, [20, middle + far], axes) for far in (-6, 6))
    labels[one | other] = singles + 1
    return labels, one, other


def test_two_long_nuclei_side_by_side_are_cut_between() -> None:
    labels, one, other = scene()
    found = cut_bent(labels, SPECK, HOW)
    assert found.max() == FEW + 2
    np.testing.assert_array_equal(found[labels <= FEW], labels[labels <= FEW])
    assert len(np.unique(found[one & ~other])) == len(np.unique(found[other & ~one])) == 1
    np.testing.assert_array_equal(found > 0, labels > 0)


def test_without_single_nuclei_nothing_is_known_of_sizes() -> None:
    labels, *_ = scene(FEW - 1)
    np.testing.assert_array_equal(cut_bent(labels, SPECK, HOW), labels)


def test_neither_specks_nor_what_the_frame_cuts_tells_sizes() -> None:
    labels, *_ = scene()
    np.testing.assert_array_equal(cut_bent(labels, 10_000, HOW), labels)
    at_frame = labels[14:]
    np.testing.assert_array_equal(cut_bent(at_frame, SPECK, HOW), at_frame)


def test_what_is_large_and_convex_or_bent_and_small_stays() -> None:
    labels, *_ = scene()
    disc = ellipsoid(labels.shape, [20, 30 * (FEW + 1)], [18, 18])
    large = np.where(labels > FEW, 0, labels)
    large[disc] = FEW + 1
    np.testing.assert_array_equal(cut_bent(large, SPECK, HOW), large)
    bent = labels.copy()
    bent[18:22, 15:30][bent[18:22, 15:30] == 1] = 0  # the first one, with a notch
    np.testing.assert_array_equal(cut_bent(bent, SPECK, HOW)[:, :30], bent[:, :30])


def test_a_row_is_cut_between_all_of_it() -> None:
    labels, *_ = scene(FEW + 2)
    row = np.zeros((40, 200), int)
    for number in range(4):
        row[ellipsoid(row.shape, [20, 30 + 13 * number], [14, 7])] = FEW + 4
    found = cut_bent(np.concatenate([labels, row], axis=1), SPECK, HOW)
    assert len(np.unique(found[:, labels.shape[1] :])) == 1 + 4


def corner(long: int) -> np.ndarray:
    """Draw squares of 100 pixels, and a bent fragment of 130 or more under the last label."""
    labels = np.zeros((20, 15 * (FEW + 2)), int)
    for number in range(FEW):
        labels[5:15, 15 * number + 3 : 15 * number + 13] = number + 1
    left = 15 * FEW + 5
    labels[2 : 2 + long, left : left + 5] = labels[2:7, left + 5 : left + 18] = FEW + 1
    return labels


def test_fragments_count_from_the_sizes_that_are_said() -> None:
    usual, large = corner(13), corner(14)
    np.testing.assert_array_equal(cut_bent(usual, SPECK, HOW), usual)  # 1.3 times the median
    assert cut_bent(large, SPECK, HOW).max() == cut_bent(large, 99, HOW).max() == FEW + 2
    np.testing.assert_array_equal(cut_bent(large, 100, HOW), large)


def test_a_large_ring_stays_whole_as_no_cut_makes_it_convex() -> None:
    labels, *_ = scene()
    ring = np.where(labels > FEW, 0, labels)
    ring[ellipsoid(labels.shape, [20, 30 * (FEW + 1)], [18, 18])] = FEW + 1
    ring[ellipsoid(labels.shape, [20, 30 * (FEW + 1)], [6, 6])] = 0
    np.testing.assert_array_equal(cut_bent(ring, SPECK, HOW), ring)


@pytest.mark.parametrize("turns", range(4))
def test_no_part_is_smaller_than_a_nucleus_may_be(turns: int) -> None:
    labels, *_ = scene()
    middle = 30 * (FEW + 1)
    labels[labels > FEW] = 0
    labels[ellipsoid(labels.shape, [20, middle], [14, 14])] = FEW + 1
    labels[19:21, middle : middle + 28] = FEW + 1  # a spike
    sizes = np.bincount(cut_bent(np.rot90(labels, turns), SPECK, HOW).ravel())[1:]
    assert sizes.min() > HOW.part * np.median(sizes)


def test_bends_are_the_deepest_places_of_two_notches() -> None:
    fragment = np.ones((20, 40), bool)
    fragment[:6, 10:12] = fragment[16:, 28:30] = False
    first, second = _bends(np.argwhere(fragment), HOW.concavities)
    assert np.abs(first - [6, 10.5]).max() <= 1.5 and np.abs(second - [15, 28.5]).max() <= 1.5


def test_an_empty_map_stays_empty() -> None:
    assert not cut_bent(np.zeros((20, 20), int), SPECK, HOW).any()
