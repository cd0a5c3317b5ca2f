"""Laws that hold for every pair of label maps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from adgan.metrics import all_counts, all_scores, find_mistakes, tables

SHAPES = arrays.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=9)
PAIRS = SHAPES.flatmap(
    lambda shape: st.tuples(*[arrays.arrays(np.uint8, shape, elements=st.integers(0, 5))] * 2)
)
SYMMETRIC = ("dice", "f1", "ap", "mean_matched_iou", "pq", "mean_f1", "mean_ap")


def _all(predicted, truth, border=0):
    objects, field = tables(predicted, truth, border)
    return {**all_scores(objects, field), **all_counts(objects)}


@settings(deadline=None)
@given(PAIRS)
def test_scores_are_shares(pair):
    objects, field = tables(*pair)
    assert all(0 <= score <= 1 for score in all_scores(objects, field).values())


@settings(deadline=None)
@given(PAIRS, st.permutations(range(1, 6)), st.permutations(range(1, 6)))
def test_permuting_labels_changes_nothing(pair, order_p, order_t):
    predicted, truth = np.array([0, *order_p])[pair[0]], np.array([0, *order_t])[pair[1]] * 1000
    assert _all(predicted, truth) == pytest.approx(_all(*pair))


@settings(deadline=None)
@given(PAIRS)
def test_a_map_against_itself_is_1(pair):
    labels = pair[0]
    objects, field = tables(labels, labels)
    assert set(all_scores(objects, field).values()) == {1.0}
    counts = all_counts(objects)
    assert counts["matched"] == counts["true"] == counts["predicted"]
    assert not any(counts[kind] for kind in ("missed", "false", "merged", "split"))


@settings(deadline=None)
@given(PAIRS)
def test_changing_sides(pair):
    one, other = _all(*pair), _all(*pair[::-1])
    assert {name: one[name] for name in SYMMETRIC} == pytest.approx(
        {name: other[name] for name in SYMMETRIC}
    )
    for name, turned in (
        ("precision", "recall"),
        ("pixel_precision", "pixel_recall"),
        ("missed", "false"),
        ("merged", "split"),
    ):
        assert (one[name], one[turned]) == (other[turned], other[name])


@settings(deadline=None)
@given(PAIRS)
def test_a_volume_of_one_slice_scores_as_its_slice(pair):
    predicted, truth = (labels.reshape(-1, labels.shape[-1]) for labels in pair)
    border = (min(truth.shape) - 1) // 2
    assert _all(predicted[None], truth[None], border) == _all(predicted, truth, border)


@settings(deadline=None)
@given(PAIRS)
def test_every_object_is_right_or_wrong(pair):
    objects, _ = tables(*pair)
    counts = all_counts(objects)
    wrong = find_mistakes(objects)
    assert set(wrong.missed) | set(wrong.split) <= set(np.unique(pair[1])) - {0}
    assert set(wrong.false) | set(wrong.merged) <= set(np.unique(pair[0])) - {0}
    assert counts["missed"] <= counts["true"] - counts["matched"]
    assert counts["false"] <= counts["predicted"] - counts["matched"]
