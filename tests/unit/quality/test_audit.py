import numpy as np
import pytest

from adgan.quality.audit import Audit, audit, count_changes
from adgan.runs.checkpoint import Model


def boxes(*places):
    labels = np.zeros((60, 80), np.uint32)
    for label, (y, x, high, wide) in enumerate(places, start=1):
        labels[y : y + high, x : x + wide] = label
    return labels


A, B, C = (5, 5, 12, 12), (5, 17, 12, 12), (30, 40, 12, 12)


@pytest.mark.parametrize(
    "found, truth, expected",
    [
        ([A, B, C], [A, B, C], [3, 0, 0, 0, 0, 0]),
        ([A, B], [A, B, C], [3, 1, 0, 0, 0, 0]),
        ([A, C], [A], [1, 0, 1, 0, 0, 0]),
        ([(5, 5, 12, 24)], [A, B], [2, 0, 0, 1, 0, 0]),
        ([A, B], [(5, 5, 12, 24)], [1, 0, 0, 0, 1, 0]),
        ([(5, 8, 12, 12)], [A], [1, 0, 0, 0, 0, 1]),
        ([], [A], [1, 1, 0, 0, 0, 0]),
        ([], [], [0, 0, 0, 0, 0, 0]),
    ],
)
def test_each_mistake_is_counted(found, truth, expected):
    assert count_changes(boxes(*found), boxes(*truth), 2.5).tolist() == expected


def test_a_faithful_translation_keeps_all(tiny, monkeypatch):
    # The image is the mask, a little dimmer; the way back brightens it again.
    monkeypatch.setattr("adgan.quality.audit.translate", lambda g, x, *_: 0.6 * x)
    monkeypatch.setattr("adgan.models.segmenter.translate", lambda g, x, *_, **__: x / 0.6)
    recipe = tiny({"task": "instance", "data": {"crop": (96, 96)}})
    found = audit(Model(None, recipe))
    assert found.nuclei > 10
    assert found.lost + found.added + found.moved <= 0.1 * found.nuclei
    monkeypatch.setattr(
        "adgan.models.segmenter.translate", lambda g, x, *_, **__: np.full_like(x, -1.0)
    )
    emptied = audit(Model(None, recipe))
    assert emptied.lost == emptied.nuclei == found.nuclei and emptied.added == 0


def test_it_is_said_in_one_line():
    assert str(Audit(9, 1, 2, 3, 4, 5)) == (
        "9 simulated nuclei: 1 lost, 2 added, 3 merged, 4 split, 5 moved"
    )
