import numpy as np
import pytest
from skimage.data import binary_blobs

from adgan.quality.score import Check, check_masks, consensus, probe_windows
from adgan.recipe.quality import CheckSettings

HOW = CheckSettings()


@pytest.fixture(scope="module")
def windows():
    """Blobs with noise, in [-1, 1]."""
    rng = np.random.default_rng(0)
    blobs = [binary_blobs(64, 0.15, rng=seed, volume_fraction=0.3) for seed in range(4)]
    return [2.0 * b - 1 + rng.normal(0, 0.1, b.shape) for b in blobs]


def views_of(windows, make):
    return [[make(w, k) for k in range(4)] for w in windows]


def test_the_right_mask_scores_high_whatever_its_scale(windows):
    check = check_masks(windows, views_of(windows, lambda w, k: np.where(w > 0, 0.9, 0.05)), HOW)
    assert check.sane(HOW) and check.score(HOW) > 0.95
    assert check.agreement == pytest.approx(1)


def test_masks_that_hang_on_the_view_score_less(windows):
    rng = np.random.default_rng(1)
    right = check_masks(windows, views_of(windows, lambda w, k: (w > 0) * 1.0), HOW)
    shaky = views_of(windows, lambda w, k: (w > 0) * (rng.random(w.shape) < 0.7))
    found = check_masks(windows, shaky, HOW)
    assert found.agreement < 0.9 and found.score(HOW) < right.score(HOW)


@pytest.mark.parametrize(
    "make",
    [
        lambda w, k: np.zeros(w.shape),
        lambda w, k: np.ones(w.shape),
        lambda w, k: (w < 0) * 1.0,
        lambda w, k: np.random.default_rng(3).random(w.shape),
    ],
    ids=["nothing", "everything", "inverted", "noise"],
)
def test_masks_that_are_no_answer_count_nothing(windows, make):
    check = check_masks(windows, views_of(windows, make), HOW)
    assert not check.sane(HOW) and check.score(HOW) == 0


def test_one_mask_for_all_images_is_seen(windows):
    check = check_masks(windows, views_of(windows, lambda w, k: (windows[0] > 0) * 1.0), HOW)
    assert check.alike > HOW.same and not check.sane(HOW)


def test_a_single_window_is_like_no_other(windows):
    check = check_masks(windows[:1], views_of(windows[:1], lambda w, k: (w > 0) * 1.0), HOW)
    assert check.alike == 0 and check.sane(HOW)


def test_windows_of_one_small_image_may_have_one_mask(windows):
    same = [windows[0]] * 4
    check = check_masks(same, views_of(same, lambda w, k: (w > 0) * 1.0), HOW)
    assert check.alike == 0 and check.sane(HOW)


def test_windows_show_something_and_are_reproducible():
    image = np.zeros((400, 300))
    image[:200, :150] = np.random.default_rng(0).random((200, 150))
    windows = probe_windows([image, image[:90]], 0, (96, 96), HOW)
    assert {w.shape for w in windows} == {(96, 96)}
    assert all(w.std() > 0 for w in windows[::2])
    again = probe_windows([image, image[:90]], 0, (96, 96), HOW)
    assert all(np.array_equal(a, b) for a, b in zip(windows, again, strict=True))


def test_the_score_ranks_by_agreement_and_correlation():
    assert Check(0.9, 0.8, 0.3, 0).score(HOW) == pytest.approx(0.72)
    assert Check(0.9, 0.1, 0.3, 0).score(HOW) == 0


def test_most_networks_outvote_those_that_fail(windows):
    right = np.array([(w > 0) * 0.9 for w in windows])
    rng = np.random.default_rng(4)
    shaky = [np.where(rng.random(right.shape) < 0.95, right, 0.9 - right) for _ in range(3)]
    found = consensus([*shaky, 0.9 - right, 0.5 * right])
    assert min(found[:3]) > max(found[3:])
    assert consensus([right]) == [pytest.approx(1)]
    assert consensus([np.zeros_like(right)] * 2) == [1, 1]
