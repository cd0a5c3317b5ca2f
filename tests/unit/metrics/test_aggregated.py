import numpy as np
import pytest

from adgan.metrics import aji, count_overlap


def _aji(predicted, truth):
    """The algorithm of Kumar et al., object by object."""
    shared, together, unused = 0, 0, set(predicted[predicted > 0])
    for label in set(truth[truth > 0]):
        true = truth == label
        best = (0.0, 0, true.sum(), 0)  # IoU, intersection, union, prediction
        for other in set(predicted[true & (predicted > 0)]):
            found = predicted == other
            both, either = (true & found).sum(), (true | found).sum()
            best = max(best, (both / either, both, either, other))
        shared, together = shared + best[1], together + best[2]
        unused.discard(best[3])
    return shared / (together + np.isin(predicted, list(unused)).sum())


def test_equals_the_algorithm(random_pairs):
    for predicted, truth in random_pairs:
        assert aji(count_overlap(predicted, truth)) == pytest.approx(_aji(predicted, truth))


def test_an_unused_prediction_and_a_missed_truth_cost_their_size():
    truth = np.array([[1, 1, 0, 2, 2, 0, 0]])
    predicted = np.array([[4, 4, 0, 0, 0, 0, 7]])
    assert aji(count_overlap(predicted, truth)) == 2 / (2 + 2 + 1)
