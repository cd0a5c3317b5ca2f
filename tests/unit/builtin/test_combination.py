from types import SimpleNamespace

import numpy as np
import pytest

from adgan.builtin import combination as module
from adgan.builtin.combination import Combination, compare_with_builtin
from adgan.builtin.network import builtin_network
from adgan.builtin.reading import NOTHING_SEEN
from adgan.metrics import count_overlap, f1


@pytest.fixture
def seen(sample, monkeypatch):
    """The built-in model sees what it saw before."""
    _, _, reading, found = sample
    monkeypatch.setattr(module, "read_image", lambda *_: reading)
    measured = SimpleNamespace(
        find=lambda: found,
        stability=lambda _: 1.0,
        reading=reading,
        network=builtin_network(2),
    )
    monkeypatch.setattr(module, "measure_image", lambda *_: measured)
    return sample


def test_of_one_opinion_both_stand(seen):
    image, _, _, found = seen
    combined = compare_with_builtin(found.labels, image).combined()
    assert f1(count_overlap(combined.labels, found.labels), 0.99) == 1
    assert len(combined.confidence) == combined.labels.max() == found.labels.max()


def test_a_run_that_found_nothing_leaves_what_is_likely(seen):
    image, _, _, found = seen
    combined = compare_with_builtin(np.zeros_like(found.labels), image).combined()
    assert combined.labels.max() == (found.confidence > 0.5).sum()
    assert combined.confidence == pytest.approx(found.confidence[found.confidence > 0.5])


def test_rubbish_is_outvoted(seen):
    image, truth, _, found = seen
    blocks = 1 + np.arange(160)[:, None] // 40 * 5 + np.arange(192) // 40
    combined = compare_with_builtin(blocks.astype(np.uint32), image).combined()
    ours = f1(count_overlap(found.labels, truth))
    assert f1(count_overlap(combined.labels, truth)) > ours - 0.15


def test_labels_are_numbered_without_gaps_and_the_f1_lies_between_0_and_1(seen):
    image, truth, _, _ = seen
    numbers = np.unique(truth, return_inverse=True)[1].reshape(truth.shape).astype(np.uint32)
    combined = compare_with_builtin(numbers, image).combined()
    assert np.unique(combined.labels).tolist() == list(range(len(combined.confidence) + 1))
    assert 0 < combined.f1 <= 1 and combined.missed >= 0


def test_where_nothing_is_seen_nobody_votes(monkeypatch):
    monkeypatch.setattr(module, "read_image", lambda *_: NOTHING_SEEN)
    assert compare_with_builtin(np.eye(8, dtype=np.uint32), np.ones((8, 8))) is None


def test_the_f1_to_expect_by_hand():
    labels = np.zeros((4, 4), np.uint32)
    assert Combination(labels, np.ones(4), 0.0, 1.0).f1 == 1
    assert Combination(labels, np.ones(4), 4.0, 1.0).f1 == pytest.approx(8 / 12)
