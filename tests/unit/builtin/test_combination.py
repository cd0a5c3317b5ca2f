from types import SimpleNamespace

import numpy as np
import pytest

from adgan.builtin import combination as module
from adgan.builtin.combination import combine, compare_with_builtin
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


def combined(labels, image):
    """Return the label map of a run combined with what the built-in model sees, and confidences."""
    both = compare_with_builtin(labels, image)
    seen = both.image
    return combine(
        labels, both.found, seen.network.confidence_model, seen.reading.scales, both.agreement
    )


def test_of_one_opinion_both_stand(seen):
    image, _, _, found = seen
    labels, confidence = combined(found.labels, image)
    assert f1(count_overlap(labels, found.labels), 0.99) == 1
    assert len(confidence) == labels.max() == found.labels.max()


def test_a_run_that_found_nothing_leaves_what_is_likely(seen):
    image, _, _, found = seen
    labels, confidence = combined(np.zeros_like(found.labels), image)
    assert labels.max() == (found.confidence > 0.5).sum()
    assert confidence == pytest.approx(found.confidence[found.confidence > 0.5])


def test_rubbish_is_outvoted(seen):
    image, truth, _, found = seen
    blocks = 1 + np.arange(160)[:, None] // 40 * 5 + np.arange(192) // 40
    labels, _ = combined(blocks.astype(np.uint32), image)
    ours = f1(count_overlap(found.labels, truth))
    assert f1(count_overlap(labels, truth)) > ours - 0.15


def test_labels_are_numbered_without_gaps_and_the_f1_lies_between_0_and_1(seen):
    image, truth, _, _ = seen
    numbers = np.unique(truth, return_inverse=True)[1].reshape(truth.shape).astype(np.uint32)
    labels, confidence = combined(numbers, image)
    assert np.unique(labels).tolist() == list(range(len(confidence) + 1))
    assert 0 < compare_with_builtin(numbers, image).f1() <= 1


def test_where_nothing_is_seen_nobody_votes(monkeypatch):
    monkeypatch.setattr(module, "read_image", lambda *_: NOTHING_SEEN)
    assert compare_with_builtin(np.eye(8, dtype=np.uint32), np.ones((8, 8))) is None
