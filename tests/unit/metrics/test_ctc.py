import numpy as np
import pytest
import tifffile

from adgan.metrics import count_overlap, det, op_csb, pool, seg


@pytest.fixture
def ctc(tmp_path):
    """SEG and DET of some frames by py-ctcmetrics."""
    theirs = pytest.importorskip("ctc_metrics.metrics")
    tools = pytest.importorskip("ctc_metrics.utils.representations")

    def score(pairs):
        found = []
        for predicted, truth in pairs:
            for name, labels in (("truth.tif", truth), ("predicted.tif", predicted)):
                tifffile.imwrite(tmp_path / name, labels.astype(np.int32))
            found.append(tools.match(str(tmp_path / "truth.tif"), str(tmp_path / "predicted.tif")))
        *labels, ious = zip(*found, strict=True)
        operations = tools.count_acyclic_graph_correction_operations(None, None, *labels)
        return theirs.seg(labels[0], ious), theirs.det(**operations)

    return score


def test_equals_py_ctcmetrics(random_pairs, ctc):
    tables = [count_overlap(*pair) for pair in random_pairs]
    for pair, table in zip(random_pairs, tables, strict=True):
        assert (seg(table), det(table)) == pytest.approx(ctc([pair]), abs=1e-6)
    pooled = pool(tables)
    assert 0 < seg(pooled) < 1 and 0 < det(pooled) < 1
    assert (seg(pooled), det(pooled)) == pytest.approx(ctc(random_pairs), abs=1e-6)
    assert op_csb(pooled) == pytest.approx(np.mean(ctc(random_pairs)), abs=1e-6)


@pytest.mark.parametrize(
    ("predicted", "score"),
    [
        ([1, 1, 1, 1, 1, 1, 1, 0], 1 - 10 / 30),  # two merges
        ([1, 1, 0, 2, 2, 0, 0, 0], 1 - 10 / 30),  # a miss
        ([1, 1, 0, 2, 2, 0, 3, 4], 1 - 1 / 30),  # a false object
        ([1, 0, 0, 2, 2, 0, 3, 0], 1 - 11 / 30),  # just half covered: a miss and a false one
    ],
)
def test_det_counts_the_cost_of_mending(predicted, score):
    truth = np.array([[1, 1, 0, 2, 2, 0, 3, 0]])
    assert det(count_overlap(np.array([predicted]), truth)) == pytest.approx(score)


def test_det_is_never_negative():
    truth = np.zeros((8, 8), int)
    truth[0, 0] = 1
    noise = np.arange(64).reshape(8, 8)
    assert det(count_overlap(noise, truth)) == 0
