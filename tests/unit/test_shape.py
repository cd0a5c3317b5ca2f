import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adgan.shape import merge_fragments

PLENTY = 1e9


def disc(shape: tuple[int, ...], centre: tuple[float, ...], radius: float) -> np.ndarray:
    grid = np.indices(shape) + 0.5
    away = sum((g - c) ** 2 for g, c in zip(grid, centre, strict=True))
    return np.asarray(away <= radius**2)


@pytest.mark.parametrize("shape", [(40, 40), (30, 40, 40)])
def test_halves_of_one_disc_are_joined(shape: tuple[int, ...]) -> None:
    whole = disc(shape, tuple(n / 2 for n in shape), 11)
    labels = np.where(whole, 1 + (np.indices(shape)[-1] >= 20), 0)
    merged = merge_fragments(labels, np.ones(shape), speck=0, largest=PLENTY)
    np.testing.assert_array_equal(merged, whole)


@pytest.mark.parametrize("shape", [(40, 60), (30, 30, 60)])
def test_touching_discs_stay_apart(shape: tuple[int, ...]) -> None:
    middle = tuple(n / 2 for n in shape[:-1])
    one, other = disc(shape, (*middle, 20), 11), disc(shape, (*middle, 40), 11)
    labels = np.where(one, 1, np.where(other, 2, 0))
    merged = merge_fragments(labels, np.ones(shape), speck=0, largest=PLENTY)
    np.testing.assert_array_equal(merged, labels)


def test_a_convex_pair_of_different_brightness_stays_apart() -> None:
    labels = np.zeros((20, 40), int)
    labels[:, :20], labels[:, 20:] = 1, 2
    light = np.where(labels == 1, 1.0, 0.5)
    assert merge_fragments(labels, np.ones_like(light), 0, PLENTY).max() == 1
    assert merge_fragments(labels, light, 0, PLENTY).max() == 2


def test_a_union_is_never_larger_than_allowed() -> None:
    labels = np.repeat(np.arange(1, 5), 10)[None].repeat(10, axis=0)
    sizes = np.bincount(merge_fragments(labels, np.ones(labels.shape), 0, 250).ravel())
    assert sorted(sizes[sizes > 0]) == [200, 200]


def test_a_speck_joins_its_neighbour_though_that_costs_convexity() -> None:
    labels = np.zeros((30, 30), int)
    labels[5:25, 5:25] = 1
    labels[12:16, 25:28] = 2
    apart = merge_fragments(labels, np.ones(labels.shape), speck=0, largest=PLENTY)
    joined = merge_fragments(labels, np.ones(labels.shape), speck=20, largest=PLENTY)
    assert apart.max() == 2
    np.testing.assert_array_equal(joined, labels > 0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_merging_moves_no_pixel_between_nucleus_and_background(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, (4, 4)).repeat(4, axis=0).repeat(4, axis=1)
    merged = merge_fragments(labels, rng.random(labels.shape), speck=20, largest=150)
    np.testing.assert_array_equal(merged > 0, labels > 0)
    for label in np.unique(labels[labels > 0]):
        assert len(np.unique(merged[labels == label])) == 1


def test_an_empty_map_stays_empty() -> None:
    assert not merge_fragments(np.zeros((8, 8), int), np.zeros((8, 8)), 1, 10).any()
