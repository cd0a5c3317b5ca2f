import numpy as np
import pytest

from adgan.builtin.merging import (
    MERGING,
    Agreement,
    Merging,
    compare,
    draw_midway,
    merge_label_maps,
)


def boxes(*corners, shape=(40, 80), side=10):
    labels = np.zeros(shape, np.uint32)
    for label, (y, x) in enumerate(corners, start=1):
        labels[y : y + side, x : x + side] = label
    return labels


NOTHING = np.zeros((40, 80), np.uint32)
NOBODY = np.zeros(0)


def same(found, labels):
    """Whether two maps hold the same nuclei, whatever their numbers."""
    pairs = set(zip(found.ravel().tolist(), labels.ravel().tolist(), strict=True))
    return len(pairs) == len(np.unique(found)) == len(np.unique(labels))


def test_of_equal_maps_the_first_stands():
    labels, confidence = boxes((5, 5), (5, 30)), np.array([0.9, 0.2])
    found, chance = merge_label_maps(labels, confidence, labels, confidence)
    assert np.array_equal(found, labels) and chance == pytest.approx(confidence)


def test_the_surer_reading_of_a_place_wins_it(monkeypatch):
    whole = boxes((5, 5), (5, 50), side=20)
    halves = NOTHING.copy()
    halves[5:25, 5:15], halves[5:25, 15:25], halves[5:25, 50:70] = 1, 2, 3
    found, chance = merge_label_maps(whole, np.array([0.3, 0.9]), halves, np.array([0.8, 0.7, 0.5]))
    assert same(found, halves)
    assert sorted(chance) == pytest.approx([0.7, 0.8, 0.9])
    found, _ = merge_label_maps(whole, np.array([0.9, 0.9]), halves, np.array([0.8, 0.7, 0.5]))
    assert same(found, whole)
    monkeypatch.setitem(MERGING, 2, Merging(advantage=0.1))
    found, _ = merge_label_maps(whole, np.array([0.8, 0.9]), halves, np.array([0.8, 0.7, 0.5]))
    assert same(found, halves)  # .80 is not enough ahead of .75


def test_a_nucleus_that_one_map_lacks_stands_if_it_is_likely():
    labels = boxes((5, 5), (5, 30))
    for first in (True, False):
        sides = (labels, np.array([0.9, 0.3])), (NOTHING, NOBODY)
        found, chance = merge_label_maps(*(sides[0] + sides[1] if first else sides[1] + sides[0]))
        assert np.array_equal(found > 0, labels == 1) and chance == pytest.approx([0.9])


def test_chances_belong_to_their_nuclei_and_numbers_have_no_gaps():
    first, second = boxes((5, 5), (5, 30)), boxes((25, 5), (5, 31), (25, 60))
    found, chance = merge_label_maps(
        first, np.array([0.6, 0.2]), second, np.array([0.7, 0.8, 0.55])
    )
    assert np.unique(found).tolist() == [0, 1, 2, 3, 4] and len(chance) == 4
    for place, confidence in {(6, 6): 0.6, (26, 6): 0.7, (6, 40): 0.8, (26, 61): 0.55}.items():
        assert chance[found[place] - 1] == pytest.approx(confidence)


def test_nothing_and_nothing_is_nothing():
    found, chance = merge_label_maps(NOTHING, NOBODY, NOTHING, NOBODY)
    assert not found.any() and found.dtype == np.uint32 and len(chance) == 0


def test_volumes_are_elected_too(balls):
    labels = balls((12, 20, 40), [(6, 10, 10), (6, 10, 30)], 5)
    found, _ = merge_label_maps(labels, np.array([0.1, 0.9]), np.zeros_like(labels), NOBODY)
    assert np.array_equal(found > 0, labels == 2)


def test_one_nucleus_in_two_outlines_keeps_the_first_where_it_is_asked_for(monkeypatch):
    first, second = boxes((5, 5), (5, 40)), boxes((6, 6), (5, 40), (25, 60))
    second[5:15, 40:50] = 0
    second[5:15, 40:45], second[5:15, 45:50] = 2, 4
    confidence, other = np.array([0.3, 0.3]), np.array([0.9, 0.9, 0.9, 0.9])
    more_probable, _ = merge_label_maps(first, confidence, second, other)
    assert np.array_equal(more_probable[:20, :20] > 0, second[:20, :20] > 0)
    monkeypatch.setitem(MERGING, 2, Merging(same_iou=0.5))
    kept, _ = merge_label_maps(first, confidence, second, other)
    assert np.array_equal(kept[:20, :20] > 0, first[:20, :20] > 0)
    # Where one map parts what the other joins, the more probable reading stands all the same.
    assert len(np.unique(kept[5:15, 40:50])) == 2 and kept[26, 61]


def discs(balls, *radii, shape=(60, 120)):
    labels = np.zeros(shape, np.uint32)
    for number, radius in enumerate(radii, start=1):
        labels[balls(shape, [(30, 30 * number)], radius) > 0] = number
    return labels


def test_a_boundary_is_drawn_midway_between_both(balls):
    tight, wide = discs(balls, 9, 11), discs(balls, 12, 14)
    drawn = draw_midway(tight, tight > 0, wide > 0, (1.5, 1.5))
    radii = np.sqrt(np.bincount(drawn.ravel())[1:] / np.pi)
    assert radii == pytest.approx([10.5, 12.5], abs=0.4)
    assert np.array_equal(draw_midway(wide, tight > 0, wide > 0, (1.5, 1.5)), drawn)


def test_equal_boundaries_stay_and_corners_are_kept():
    labels = boxes((5, 5), (5, 30))
    assert np.array_equal(draw_midway(labels, labels > 0, labels > 0, (2.0, 2.0)), labels)


def test_a_nucleus_that_only_one_mask_covers_keeps_its_boundary(balls):
    labels, other = discs(balls, 8, 10), discs(balls, 8)
    assert np.array_equal(draw_midway(labels, labels > 0, other > 0, (1.5, 1.5)), labels)


def test_no_nucleus_is_lost_between_two_masks_that_hardly_meet():
    labels = NOTHING.copy()
    labels[10:12, 10:12], labels[30:32, 30:40] = 1, 2
    first, second = labels > 0, np.zeros(labels.shape, bool)
    second[10:12, 10:11], second[10, 11], second[30:32, 30:40] = True, True, True
    drawn = draw_midway(labels, first, second, (4.0, 4.0))
    assert np.unique(drawn).tolist() == [0, 1, 2]


def test_touching_nuclei_keep_the_line_between_them_in_volumes_too(balls):
    tight = np.zeros((20, 30, 40), np.uint32)
    tight[5:15, 8:22, 8:20], tight[5:15, 8:22, 20:32] = 1, 2
    wide = tight.copy()
    wide[3:17, 6:24, 6:20], wide[3:17, 6:24, 20:34] = 1, 2
    drawn = draw_midway(tight, tight > 0, wide > 0, (1.0, 1.0, 1.0))
    assert set(np.unique(drawn[:, :, :20])) == {0, 1} and set(np.unique(drawn[:, :, 20:])) == {0, 2}
    assert (tight > 0).sum() < (drawn > 0).sum() < (wide > 0).sum()


@pytest.mark.parametrize("ndim", [2, 3])
def test_of_maps_that_agree_on_a_volume_the_first_is_kept_unless_it_draws_too_small(ndim):
    far = np.sqrt(((np.stack(np.indices((24,) * ndim)) - 12.0) ** 2).sum(axis=0))
    small, large = ((far < radius).astype(np.uint32) for radius in (7.5, 9))
    assert compare([(large, small)]).agreed and compare([(small, large)]).agreed
    assert compare([(large, small)]).keeps_first == (ndim == 3)
    assert not compare([(small, large)]).keeps_first
    both = compare([(large, small), (np.zeros_like(large), large)])
    assert both.f1 == 0.5 and not both.agreed and not both.keeps_first
    assert both.size == pytest.approx((9 / 7.5) ** ndim, rel=0.1)
    nothing = compare([(np.zeros_like(large), np.zeros_like(large))])
    assert nothing.agreed and nothing.keeps_first == (ndim == 3)


@pytest.mark.parametrize("ndim", [2, 3])
def test_volumes_in_which_both_draw_the_same_nuclei_are_merged(ndim):
    same, other = Agreement(ndim, 0.95, 1.05), Agreement(ndim, 0.85, 1.05)
    assert (same.same, other.same) == (ndim == 3, False)
    assert (same.keeps_first, other.keeps_first) == (False, ndim == 3)


def test_how_large_a_run_draws_nuclei_is_told_by_its_training_images():
    one, usual = Agreement(3, 0.5, 0.8), Agreement(3, 0.8, 1.2)
    given = one.given(usual)
    assert given == Agreement(3, pytest.approx(0.65), 1.2)
    assert given.keeps_first and not one.keeps_first
    assert one.given(None) == one
    image = Agreement(2, 0.5, 0.8)
    assert image.given(Agreement(2, 0.9, 1.2)) == image
