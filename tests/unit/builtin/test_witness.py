from types import SimpleNamespace

import numpy as np
import pytest

from adgan.builtin import witness as module
from adgan.builtin.reading import NOTHING_SEEN


@pytest.fixture
def seen(sample, monkeypatch):
    """The witness sees what it saw before."""
    _, _, reading, found = sample
    monkeypatch.setattr(module, "read_image", lambda *_: reading)
    measured = SimpleNamespace(find=lambda: found)
    monkeypatch.setattr(module, "measure_image", lambda *_: measured)
    return sample


def test_the_witness_confirms_what_it_would_draw_itself(seen):
    image, _, _, found = seen
    heard = module.testify(found.labels, image)
    assert heard.confirmed == pytest.approx(1) and len(heard.confirmed) == found.labels.max()
    assert heard.missed == pytest.approx(0) and heard.f1 == pytest.approx(1)


def test_the_true_nuclei_are_confirmed(seen):
    image, truth, _, _ = seen
    sizes = np.bincount(truth.ravel(), minlength=truth.max() + 1)[1:]
    whole = np.flatnonzero(sizes > 0.5 * np.median(sizes[sizes > 0]))
    assert module.testify(truth, image).confirmed[whole].mean() > 0.85


def test_what_the_map_lacks_is_missed(seen):
    image, _, _, found = seen
    heard = module.testify(np.zeros_like(found.labels), image)
    assert heard.missed == pytest.approx(found.confidence.sum()) and heard.f1 == 0
    half = np.where(found.labels % 2, found.labels, 0)
    heard = module.testify(half, image)
    assert heard.missed == pytest.approx(found.confidence[1::2].sum())
    assert heard.confirmed[0] == 1 and not heard.confirmed[1::2].any()


def test_nuclei_in_the_wrong_place_are_not_confirmed(seen):
    image, _, _, found = seen
    moved = np.roll(found.labels, 40, (0, 1))
    assert module.testify(moved, image).f1 < 0.5


def test_where_the_witness_sees_nothing_nothing_is_confirmed(monkeypatch):
    monkeypatch.setattr(module, "read_image", lambda *_: NOTHING_SEEN)
    heard = module.testify(np.eye(8, dtype=np.uint32), np.ones((8, 8)))
    assert heard.confirmed.tolist() == [0] and heard.missed == 0 and heard.f1 == 0
    assert module.testify(np.zeros((8, 8), np.uint32), np.ones((8, 8))).f1 == 1


def test_the_f1_to_expect_by_hand():
    assert module.Testimony(np.ones(4), 0.0).f1 == 1
    assert module.Testimony(np.ones(4), 4.0).f1 == pytest.approx(8 / 12)
    assert module.Testimony(np.array([1.0, 0.0]), 0.0).f1 == pytest.approx(2 / 3)


def test_missed_nuclei_are_counted_where_no_window_cuts_them(seen):
    _, _, _, found = seen
    nothing, (height, width) = np.zeros_like(found.labels), found.labels.shape
    every = module.hold_against(nothing, 0, found.labels, found.confidence)
    assert every.missed == pytest.approx(found.confidence.sum())
    left = [(0, height), (0, width // 2)]
    centres = [np.nonzero(found.labels == k)[1].mean() for k in range(1, found.labels.max() + 1)]
    inside = np.array(centres) < width // 2
    half = module.hold_against(nothing, 0, found.labels, found.confidence, left)
    assert half.missed == pytest.approx(2 * found.confidence[inside].sum())
    empty = [(0, height), (9, 9)]
    same = module.hold_against(nothing, 0, found.labels, found.confidence, empty)
    assert same.missed == pytest.approx(every.missed)
