import shutil

import numpy as np

from adgan.cli import page
from adgan.cli.page import run_content, training_samples
from adgan.io import write_json
from adgan.runs import RUN
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run
from adgan.segmentation.segment import segment


def test_a_page_tells_where_sizes_came_from(run_folder, tmp_path):
    assert run_content(run_folder)["facts"]["sizes"] == "radius 10 to 15 px"
    run = shutil.copytree(run_folder, tmp_path / "run")
    refined = {"step": 50, "before": {"radius": [14, 22], "count": [1, 2]}}
    write_json(run / RUN, read_run(run) | {"refined": refined})
    sizes = run_content(run)["facts"]["sizes"]
    assert sizes == "radius 10 to 15 px, measured at step 50; 14 to 22 before"


def test_a_run_killed_at_its_very_end_has_no_verdict(run_folder, tmp_path):
    run = shutil.copytree(run_folder, tmp_path / "run")
    write_json(run / RUN, read_run(run) | {"verdict": None})
    assert run_content(run)["facts"]["verdict"] == "not judged"


def test_a_page_shows_nuclei_of_the_images_trained_on(run_folder, images):
    model = load(run_folder)
    samples = training_samples(model, images)
    assert [s.name for s in samples] == ["array_0000", "array_0001"]
    for sample, image in zip(samples, images, strict=True):
        assert sample.mask.shape == image.shape
        (found,) = segment(model, [image], device="cpu")
        assert np.array_equal(sample.labels, found.labels)


def test_of_a_large_image_the_middle_is_shown(run_folder, images, monkeypatch):
    monkeypatch.setattr(page, "SAMPLE_LIMITS", page.SampleLimits(pixels=80 * 50))
    first, _ = training_samples(load(run_folder), images)
    assert first.name == "array_0000, centre"
    assert np.array_equal(first.image, images[0][:, 24:72])


def test_of_many_images_three_are_shown(run_folder, images):
    samples = training_samples(load(run_folder), [*images, *images, images[0]])
    assert [s.name for s in samples] == ["array_0000", "array_0002", "array_0004"]
