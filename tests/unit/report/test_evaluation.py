import re

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_gray, write_labels
from adgan.metrics.evaluate import evaluate
from adgan.report import evaluation_page


def write(folder, **maps):
    """Write label maps by name, and return their folder."""
    folder.mkdir()
    for name, labels in maps.items():
        write_labels(folder / f"{name}.tif", labels, (0.5, 0.5))
    return folder


def test_worst_images_come_first_and_all_are_in_the_table(tmp_path, scored, monkeypatch):
    monkeypatch.setattr("adgan.report.evaluation.SHOWN_IMAGES", 2)
    predicted, truth, image = scored
    ours = write(tmp_path / "ours", i1=truth, i2=predicted, i3=np.zeros_like(truth))
    true = write(tmp_path / "true", i1=truth, i2=truth, i3=truth)
    write_gray(tmp_path / "i2.tif", image)
    evaluation = evaluate(ours, true, ignore_border=2)
    page = tmp_path / "e.html"
    evaluation_page(page, evaluation, {"i2": tmp_path / "i2.tif"})
    html = page.read_text(encoding="utf-8")
    assert re.findall(r"<figcaption><b>(i\d)", html) == ["i3", "i2"]
    assert all(f"<td>i{number}</td>" in html for number in (1, 2, 3))
    for text in ("A band of 2 px", "2 of 3 images", f"{evaluation.mean['dice']:.3f}", "6 missed"):
        assert text in html


def test_each_image_shows_truth_prediction_and_mistakes(tmp_path, scored):
    predicted, truth, image = scored
    write_gray(tmp_path / "a.tif", image)
    evaluation = evaluate(write(tmp_path / "ours", a=predicted), write(tmp_path / "true", a=truth))
    evaluation_page(tmp_path / "e.html", evaluation, {"a": tmp_path / "a.tif"})
    assert (tmp_path / "e.html").read_text(encoding="utf-8").count("<img") == 3


def test_an_image_of_another_shape_is_refused(tmp_path, scored):
    predicted, truth, image = scored
    write_gray(tmp_path / "a.tif", image.T)
    evaluation = evaluate(write(tmp_path / "ours", a=predicted), write(tmp_path / "true", a=truth))
    with pytest.raises(AdganError, match="the image of a has the shape"):
        evaluation_page(tmp_path / "e.html", evaluation, {"a": tmp_path / "a.tif"})
    with pytest.raises(AdganError, match="evaluate files"):
        evaluation_page(tmp_path / "e.html", evaluate(predicted, truth))
    assert not (tmp_path / "e.html").exists()
