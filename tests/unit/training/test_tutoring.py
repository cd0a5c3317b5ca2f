"""Labels that people give: matched, learnt from, remembered."""

from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import Image, write_labels
from adgan.runs import STUDENT
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run
from adgan.synth.samples import simulated_sample
from adgan.training.train import resume, train
from adgan.training.tutoring import match_labels

SIDE = 96


@pytest.fixture(scope="module")
def sample():
    return [
        (image[:SIDE, :SIDE], labels[:SIDE, :SIDE])
        for image, labels, _ in simulated_sample(images=2)
    ]


def images_of(sample):
    return [Image(Path(f"{k}.tif"), image, None, f"{k}") for k, (image, _) in enumerate(sample)]


def test_maps_are_matched_by_name(sample, tmp_path):
    write_labels(tmp_path / "1.tif", sample[1][1])
    write_labels(tmp_path / "other.tif", sample[1][1])
    found = match_labels(tmp_path, images_of(sample))
    assert list(found) == ["1"] and np.array_equal(found["1"], sample[1][1])
    assert list(match_labels([None, sample[1][1]], images_of(sample))) == ["1"]


def test_maps_that_belong_to_no_image_are_refused(sample, tmp_path):
    images = images_of(sample)
    write_labels(tmp_path / "other.tif", sample[1][1])
    with pytest.raises(AdganError, match=r"with the name of an image, such as 0\.tif"):
        match_labels(tmp_path, images)
    with pytest.raises(AdganError, match="shape"):
        match_labels([sample[0][1][:50], None], images)
    with pytest.raises(AdganError, match="no nucleus"):
        match_labels([0 * sample[0][1], None], images)
    with pytest.raises(AdganError, match="1 label maps for 2 images"):
        match_labels([sample[0][1]], images)


def test_a_run_with_labels_has_a_student_that_is_loaded_and_remembered(sample, tmp_path, tiny):
    recipe = tiny({"task": "instance", "student": {"per_steps": 2, "batch": 2}})
    images, labels = [image for image, _ in sample], [sample[0][1], None]
    model = train(images, tmp_path / "run", recipe, labels=labels, device="cpu")
    assert model.student is not None and (tmp_path / "run" / STUDENT).is_file()
    about = read_run(tmp_path / "run")["student"]
    assert about["steps"] == 2 and list(about["labels"]) == ["array_0000"]
    assert load(tmp_path / "run").student is not None
    with pytest.raises(AdganError, match="started with other labels"):
        resume(tmp_path / "run", images, device="cpu")
    again = resume(tmp_path / "run", images, labels=labels, device="cpu")
    assert again.student is not None


def test_a_run_without_labels_has_no_student(sample, tmp_path, tiny):
    images = [image for image, _ in sample]
    assert train(images, tmp_path / "run", tiny(), device="cpu").student is None
    assert not (tmp_path / "run" / STUDENT).exists()
