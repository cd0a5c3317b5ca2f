import importlib.util
import sys
import types

import numpy as np
import pytest

from adgan import metrics
from adgan.errors import AdganError
from adgan.metrics import THRESHOLDS, count_overlap


@pytest.fixture
def stardist_matching(monkeypatch):
    """stardist's matching module alone, its accelerator and progress bar replaced."""
    package = importlib.util.find_spec("stardist")
    if package is None:
        pytest.skip("stardist is not installed")

    def fail(error):
        raise error

    stand_ins = {
        "numba": {"jit": lambda **_: lambda function: function},
        "tqdm": {"tqdm": iter},
        "csbdeep": {},
        "csbdeep.utils": {"_raise": fail},
    }
    for name, content in stand_ins.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    path = f"{package.submodule_search_locations[0]}/matching.py"
    spec = importlib.util.spec_from_file_location("stardist_matching", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.matching


def test_equals_stardist(random_pairs, stardist_matching):
    seen = set()
    for predicted, truth in random_pairs:
        table = count_overlap(predicted, truth)
        # stardist matches at IoU >= t: a hair above t, it is > t.
        others = stardist_matching(truth, predicted, thresh=[t + 1e-6 for t in THRESHOLDS])
        for iou, other in zip(THRESHOLDS, others, strict=True):
            ours = {
                "f1": metrics.f1(table, iou),
                "accuracy": metrics.average_precision(table, iou),
                "precision": metrics.precision(table, iou),
                "recall": metrics.recall(table, iou),
                "mean_matched_score": metrics.mean_matched_iou(table, iou),
                "panoptic_quality": metrics.panoptic_quality(table, iou),
            }
            theirs = {name: float(getattr(other, name)) for name in ours}
            assert ours == pytest.approx(theirs, abs=1e-6)
            seen.add(round(ours["f1"], 2))
        assert metrics.mean_f1(table) == pytest.approx(np.mean([o.f1 for o in others]))
        assert metrics.mean_ap(table) == pytest.approx(np.mean([o.accuracy for o in others]))
    assert len(seen) > 5


def test_an_iou_of_exactly_the_threshold_does_not_match():
    truth = np.array([[1, 1, 1, 1]])
    predicted = np.array([[1, 1, 2, 2]])
    assert metrics.f1(count_overlap(predicted, truth)) == 0


def test_thresholds_are_the_exact_decimals():
    assert THRESHOLDS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@pytest.mark.parametrize("iou", [0.49, 1.0, float("nan")])
def test_a_threshold_that_is_not_unique_is_refused(iou):
    with pytest.raises(AdganError, match="uniquely"):
        metrics.match(count_overlap(np.eye(3, dtype=int), np.eye(3, dtype=int)), iou)
