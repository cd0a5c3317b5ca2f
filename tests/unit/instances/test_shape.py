import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adgan.instances.boundary import signed_depth
from adgan.instances.shape import merge_fragments
from adgan.recipe.decoding import MergeSettings

HOW = MergeSettings()


def disc(shape: tuple[int, ...], centre: tuple[float, ...], radius: float) -> np.ndarray:
    grid = np.indices(shape) + 0.5
    away = sum((g - c) ** 2 for g, c in zip(grid, centre, strict=True))
    return np.asarray(away <= radius**2)


def merged(labels: np.ndarray, light: float | np.ndarray, nucleus: float) -> np.ndarray:
    """Merge fragments whose mask has the depth of its distance transform, in mean radii."""
    radius = (
        (nucleus / np.pi) ** (1 / 2) if labels.ndim == 2 else (nucleus * 3 / 4 / np.pi) ** (1 / 3)
    )
    depth = np.maximum(signed_depth(labels > 0), 0) / radius
    return merge_fragments(labels, np.broadcast_to(light, labels.shape), depth, nucleus, HOW)


def pair() -> np.ndarray:
    """Label two squares side by side."""
    return np.repeat([1, 2], 20)[None].repeat(20, axis=0)


@pytest.mark.parametrize(("shape", "nucleus"), [((40, 40), 380), ((30, 40, 40), 5600)])
def test_halves_of_one_disc_are_joined(shape: tuple[int, ...], nucleus: float) -> None:
    whole = disc(shape, tuple(n / 2 for n in shape), 11)
    labels = np.where(whole, 1 + (np.indices(shape)[-1] >= 20), 0)
    np.testing.assert_array_equal(merged(labels, 1, nucleus), whole)


def test_a_disc_in_petals_of_which_no_two_look_like_one_is_joined() -> None:
    whole = disc((40, 40), (20, 20), 12)
    angle = np.arctan2(*(np.indices(whole.shape) - 19.5))
    labels = np.where(whole, 1 + ((angle + np.pi) // (2 * np.pi / 3)).clip(0, 2).astype(int), 0)
    two = np.where(labels == 3, 0, labels)
    assert set(np.unique(merged(two, 1, 450))) == {0, 1, 2}
    np.testing.assert_array_equal(merged(labels, 1, 450), whole)


@pytest.mark.parametrize(("shape", "nucleus"), [((40, 60), 380), ((30, 30, 60), 5600)])
def test_touching_discs_stay_apart(shape: tuple[int, ...], nucleus: float) -> None:
    middle = tuple(n / 2 for n in shape[:-1])
    one, other = disc(shape, (*middle, 20), 11), disc(shape, (*middle, 40), 11)
    labels = np.where(one, 1, np.where(other, 2, 0))
    np.testing.assert_array_equal(merged(labels, 1, nucleus), labels)


def test_a_line_of_background_keeps_apart() -> None:
    labels = pair()
    labels[:, 20] = 0
    np.testing.assert_array_equal(merged(labels, 1, 800), labels)


def test_a_neck_keeps_apart_what_is_nearly_convex() -> None:
    labels = pair()
    for neck, nuclei in ((1.0, 1), (0.95, 1), (0.8, 2)):
        for side in (19, 20):
            depth = np.ones(labels.shape)
            depth[:, side] = neck
            assert merge_fragments(labels, np.ones(labels.shape), depth, 800, HOW).max() == nuclei
            turned = merge_fragments(labels.T, np.ones(labels.T.shape), depth.T, 800, HOW)
            assert turned.max() == nuclei


def test_what_was_joined_has_the_necks_of_its_parts() -> None:
    labels = np.repeat([1, 2, 3], 10)[None].repeat(10, axis=0)
    depth = np.ones(labels.shape)
    depth[:, 19:21] = 0.5  # between the second and the third
    found = merge_fragments(labels, np.ones(labels.shape), depth, 200, HOW)
    assert np.array_equal(found, np.where(labels == 2, 1, labels))


@pytest.mark.parametrize("bright", [0.01, 1, 100])
def test_a_convex_pair_of_different_brightness_stays_apart(bright: float) -> None:
    labels = pair()
    for dim, nuclei in ((1.0, 1), (0.9, 1), (0.5, 2)):
        assert merged(labels, bright * np.where(labels == 1, 1, dim), 800).max() == nuclei


def test_a_pair_much_larger_than_a_nucleus_needs_more_reason_to_be_one() -> None:
    labels = pair()
    assert merged(labels, 1, 440).max() == 1
    light = np.where(labels == 1, 1, 0.9)
    assert merged(labels, light, 800).max() == 1 and merged(labels, light, 440).max() == 2


def test_a_union_is_never_larger_than_allowed() -> None:
    labels = np.repeat(np.arange(1, 5), 10)[None].repeat(10, axis=0)
    sizes = np.bincount(merged(labels, 1, 125).ravel())
    assert sorted(sizes[sizes > 0]) == [200, 200]


def test_a_fragment_joins_the_neighbour_that_it_makes_convex() -> None:
    labels = np.zeros((24, 44), int)
    labels[2:22, 2:22] = 1
    labels[8:16, 14:22] = 2  # in a notch of the first, and beside the third
    labels[8:16, 22:42] = 3
    flat = np.ones(labels.shape)
    found = merge_fragments(labels, flat, flat, 210, HOW)  # in which all three are too large
    np.testing.assert_array_equal(found, np.where(labels == 2, 1, labels))


@pytest.mark.parametrize("shape", [(1, 10), (1, 1, 10)])
def test_fragments_of_a_single_line_are_measured_too(shape: tuple[int, ...]) -> None:
    labels, flat = np.repeat([1, 2], 5).reshape(shape), np.ones(shape)
    assert merge_fragments(labels, flat, flat, 20, HOW).max() == 1


def test_a_speck_joins_its_neighbour_though_that_costs_convexity() -> None:
    labels = np.zeros((30, 30), int)
    labels[5:25, 5:25] = 1
    labels[12:16, 25:28] = 2
    assert merged(labels, 1, 160).max() == 2  # of which its 16 pixels are no speck
    np.testing.assert_array_equal(merged(labels, 1, 400), labels > 0)


def test_a_speck_that_sticks_out_far_is_no_part_of_its_neighbour() -> None:
    labels = np.zeros((30, 60), int)
    labels[5:25, 5:25] = 1
    labels[14, 25:50] = 2
    np.testing.assert_array_equal(merged(labels, 1, 400), labels)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_merging_moves_no_pixel_between_nucleus_and_background(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, (4, 4)).repeat(4, axis=0).repeat(4, axis=1)
    found = merged(labels, rng.random(labels.shape), nucleus=75)
    np.testing.assert_array_equal(found > 0, labels > 0)
    for label in np.unique(labels[labels > 0]):
        assert len(np.unique(found[labels == label])) == 1


def test_an_empty_map_stays_empty() -> None:
    assert not merged(np.zeros((8, 8), int), 1, 10).any()
