import re

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.evaluate import evaluate
from adgan.io import write_gray, write_labels
from adgan.report import evaluation_page


def test_worst_images_come_first_and_all_are_in_the_table(tmp_path, scored):
    predicted, truth, image = scored
    pairs = [(truth, truth), (predicted, truth), (np.zeros_like(truth), truth)]
    evaluation = evaluate([p for p, _ in pairs], [t for _, t in pairs], ignore_border=2)
    evaluation_page(tmp_path / "e.html", evaluation, pairs, {"image 2": image}, worst=2)
    html = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert re.findall(r"<figcaption><b>(image \d)", html) == ["image 3", "image 2"]
    assert all(f"<td>image {number}</td>" in html for number in (1, 2, 3))
    for text in ("A band of 2 px", "2 of 3 images", f"{evaluation.mean['dice']:.3f}", "6 missed"):
        assert text in html


def test_files_are_read_again_by_the_names_in_the_evaluation(tmp_path, scored):
    predicted, truth, image = scored
    for folder, array in (("ours", predicted), ("true", truth)):
        (tmp_path / folder).mkdir()
        write_labels(tmp_path / folder / "a.tif", array, (0.5, 0.5))
    write_gray(tmp_path / "a.tif", image)
    evaluation = evaluate(tmp_path / "ours", tmp_path / "true")
    evaluation_page(tmp_path / "e.html", evaluation, images={"a": tmp_path / "a.tif"})
    assert (tmp_path / "e.html").read_text(encoding="utf-8").count("<img") == 3


def test_an_image_of_another_shape_is_refused(tmp_path, scored):
    predicted, truth, image = scored
    evaluation = evaluate(predicted, truth)
    with pytest.raises(AdganError, match="image 1 is"):
        evaluation_page(tmp_path / "e.html", evaluation, [(predicted, truth)], {"image 1": image.T})
    with pytest.raises(AdganError, match="pass the maps"):
        evaluation_page(tmp_path / "e.html", evaluation)
    assert list(tmp_path.iterdir()) == []
