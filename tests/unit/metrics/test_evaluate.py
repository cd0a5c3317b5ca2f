import json

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_labels
from adgan.metrics.evaluate import evaluate

TRUTH = np.zeros((20, 20), np.uint16)
TRUTH[2:6, 2:6], TRUTH[10:14, 10:14] = 1, 2
HALF = np.where(TRUTH == 2, TRUTH, 0)
EMPTY = np.zeros_like(TRUTH)


@pytest.fixture
def folders(tmp_path):
    """Write maps by name into two folders: predictions and truth."""

    def write(predicted, truth):
        for kind, maps in (("predicted", predicted), ("truth", truth)):
            (tmp_path / kind).mkdir()
            for name, labels in maps.items():
                write_labels(tmp_path / kind / f"{name}.tif", labels)
        return tmp_path / "predicted", tmp_path / "truth"

    return write


def test_mean_is_over_images_and_pooled_over_objects():
    result = evaluate([TRUTH, HALF, EMPTY], [TRUTH, TRUTH, EMPTY])
    assert [image.scores["f1"] for image in result.images] == [1, pytest.approx(2 / 3), 1]
    assert result.mean["f1"] == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert result.pooled["f1"] == pytest.approx(6 / 7)
    assert result.counts["true"] == 4 and result.counts["missed"] == 1
    assert result.curve["f1"] == pytest.approx([6 / 7] * 10)
    assert result.images[1].mistakes.missed == (1,)
    assert result.notes == ()


def test_files_pair_by_stem_and_extra_predictions_are_noted(folders):
    predicted, truth = folders({"b": HALF, "a": TRUTH, "c": EMPTY}, {"a": TRUTH, "b": TRUTH})
    (predicted / "a.tif").rename(predicted / "a.ome.tif")
    result = evaluate(predicted, str(truth))
    assert [image.name for image in result.images] == ["a", "b"]
    assert result.images[0].predicted == predicted / "a.ome.tif"
    assert result.images[1].truth == truth / "b.tif"
    assert [image.scores["recall"] for image in result.images] == [1, 0.5]
    assert result.notes == ("1 of 3 predictions have no ground truth: c.tif",)


def test_two_named_files_pair_whatever_their_names(folders):
    predicted, truth = folders({"mask000": HALF}, {"man_seg000": TRUTH})
    result = evaluate(predicted / "mask000.tif", [truth / "man_seg000.tif"])
    assert result.mean["recall"] == 0.5
    with pytest.raises(AdganError, match=r"man_seg000\.tif"):
        evaluate(predicted, truth)


def test_progress_counts_images():
    seen = []
    evaluate([TRUTH, HALF], [TRUTH, TRUTH], progress=lambda *row: seen.append(row))
    assert seen == [(0.0, "image 1"), (0.5, "image 2"), (1.0, "image 2")]


def test_to_dict_is_json():
    result = evaluate(HALF, TRUTH, ignore_border=1, iou=0.7)
    back = json.loads(json.dumps(result.to_dict()))
    assert back["iou"] == 0.7 and back["ignore_border"] == 1
    assert back["images"][0]["name"] == "image 1"
    assert back["images"][0]["f1"] == back["mean"]["f1"] == pytest.approx(2 / 3)


def test_the_border_is_left_out():
    assert evaluate(HALF, TRUTH, ignore_border=6).mean["recall"] == 1


def test_whole_numbers_may_be_floats_or_bools():
    assert evaluate(HALF.astype(float), HALF > 0).mean["f1"] == 1


def test_every_truth_without_a_prediction_is_named(folders):
    sources = folders({"a": TRUTH}, {"a": TRUTH, "b": TRUTH, "c": TRUTH})
    with pytest.raises(AdganError, match=r"2 of 3 .*b\.tif, c\.tif"):
        evaluate(*sources)


def test_two_files_of_one_stem_are_refused(folders):
    predicted, truth = folders({"a": TRUTH}, {"a": TRUTH})
    (predicted / "a.tiff").write_bytes((predicted / "a.tif").read_bytes())
    with pytest.raises(AdganError, match=r"a\.tif .*a\.tiff have the same name"):
        evaluate(predicted, truth)


def test_another_shape_is_refused_with_both_files_named(folders):
    sources = folders({"a": TRUTH[:-1]}, {"a": TRUTH})
    with pytest.raises(AdganError, match=r"predicted.a\.tif against .*truth.a\.tif.*\(19, 20\)"):
        evaluate(*sources)


@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        (TRUTH / 3, "image 1 of the predictions.*whole numbers"),
        (-TRUTH.astype(int), "negative"),
        ([TRUTH, TRUTH], "2 predicted label maps for 1"),
        ("somewhere", "both be files or both be arrays"),
        ([], "0 predicted label maps for 1"),
    ],
)
def test_what_is_no_label_map_is_refused(predicted, message):
    with pytest.raises(AdganError, match=message):
        evaluate(predicted, TRUTH)


@pytest.mark.parametrize("setting", [{"iou": 0.3}, {"ignore_border": 10}])
def test_a_setting_out_of_range_is_refused(setting):
    with pytest.raises(AdganError, match="image 1: "):
        evaluate(TRUTH, TRUTH, **setting)
