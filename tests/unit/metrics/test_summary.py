import numpy as np
import pytest

from adgan import metrics
from adgan.metrics import all_counts, all_scores, tables

EMPTY = np.zeros((6, 6), int)
SOME = np.pad(np.array([[1, 1], [2, 2]]), 2)


def test_nothing_found_where_nothing_is_scores_1():
    scores = all_scores(*tables(EMPTY, EMPTY))
    assert set(scores.values()) == {1.0}


@pytest.mark.parametrize("pair", [(EMPTY, SOME), (SOME, EMPTY)])
def test_one_empty_map_scores_0(pair):
    scores = all_scores(*tables(*pair))
    assert set(scores.values()) == {0.0}


def test_names_and_numbers():
    predicted = np.where(SOME == 1, 7, 0)
    objects, field = tables(predicted, SOME)
    scores = all_scores(objects, field)
    assert scores["dice"] == scores["f1"] == 2 / 3
    assert scores["precision"] == scores["pixel_precision"] == 1
    assert scores["seg"] == scores["det"] == scores["aji"] == scores["ap"] == 0.5
    assert all(type(score) is float for score in scores.values())
    assert all_counts(objects) == {
        "true": 2, "predicted": 1, "matched": 1, "missed": 1, "false": 0, "merged": 0, "split": 0,
    }  # fmt: skip


def test_3000_nuclei_on_2048_squared():
    y, x = np.ogrid[:2048, :2048]
    nuclei = ((y % 37 - 18) ** 2 + (x % 37 - 18) ** 2 < 200) * (y // 37 * 56 + x // 37 + 1)
    moved = np.roll(nuclei, (2, 3), (0, 1))
    objects, field = tables(moved, nuclei, ignore_border=10)
    scores = all_scores(objects, field)
    assert len(objects.truth_labels) > 3000 and scores["f1"] > 0.9


def test_every_score_of_a_table_is_among_them():
    objects, field = tables(SOME, SOME)
    public = {name for name in metrics.__all__ if callable(getattr(metrics, name))}
    scores = set()
    for name in public - {"THRESHOLDS", "pool", "count_overlap", "tables"}:
        function = getattr(metrics, name)
        if isinstance(function, type) or name.startswith("all_"):
            continue
        if isinstance(function(objects), float):
            scores.add({"average_precision": "ap", "panoptic_quality": "pq"}.get(name, name))
    assert scores == set(all_scores(objects, field))
