import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.metrics import count_overlap, dice, pool, seg


def test_counts_shared_pixels_and_sizes():
    predicted = np.array([[0, 5, 5, 0], [9, 9, 5, 0]])
    truth = np.array([[0, 2, 2, 2], [0, 1, 2, 0]])
    table = count_overlap(predicted, truth)
    assert table.predicted_labels.tolist() == [5, 9]
    assert table.truth_labels.tolist() == [1, 2]
    assert table.predicted_sizes.tolist() == [3, 2]
    assert table.truth_sizes.tolist() == [1, 4]
    pairs = zip(table.predicted, table.truth, table.shared, strict=True)
    assert sorted(map(tuple, pairs)) == [(0, 1, 3), (1, 0, 1)]
    assert sorted(table.iou) == [0.5, 0.75]


def test_equals_a_dense_count(random_pairs):
    for predicted, truth in random_pairs:
        table = count_overlap(predicted, truth)
        for p, t, shared in zip(table.predicted, table.truth, table.shared, strict=True):
            both = (predicted == table.predicted_labels[p]) & (truth == table.truth_labels[t])
            assert both.sum() == shared > 0
        assert table.shared.sum() == ((predicted > 0) & (truth > 0)).sum()


def test_huge_labels_need_no_memory():
    labels = np.zeros((4, 4), np.uint64)
    labels[0] = 2**63 + 1
    table = count_overlap(labels, labels)
    assert table.predicted_labels.tolist() == [2**63 + 1]
    assert table.shared.tolist() == [4]


@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        (np.zeros((2, 3), int), "shape"),
        (np.zeros((2, 2)), "float64"),
        (np.full((2, 2), -1), "-1"),
        (np.zeros((0, 2), int), "no pixel"),
    ],
)
def test_what_is_no_label_map_is_refused(predicted, message):
    with pytest.raises(AdganError, match=message):
        count_overlap(predicted, np.zeros((2, 2), int))


def test_pooled_counts_are_those_of_images_side_by_side(random_pairs):
    numbered = np.array(random_pairs, dtype=int)  # image, side, axes
    numbered += 1000 * np.arange(len(numbered)).reshape(-1, *[1] * (numbered.ndim - 1))
    numbered[np.array(random_pairs) == 0] = 0
    joined = count_overlap(numbered[:, 0], numbered[:, 1])
    parts = pool([count_overlap(*pair) for pair in random_pairs])
    assert seg(parts) == pytest.approx(seg(joined))
    assert dice(parts) == dice(joined)
    assert parts.predicted_sizes.tolist() == joined.predicted_sizes.tolist()
