import time
from pathlib import Path

import pytest

from adgan.errors import AdganError
from adgan.io import write_gray
from adgan.runs.checkpoint import load
from adgan.synth.samples import simulated_sample
from adgan_napari.jobs import (
    Job,
    course_of,
    progress_of,
    remarks_of,
    segment_words,
    train_words,
)
from adgan_napari.live import masks_of, sample_of
from adgan_napari.stacks import stack_of

SAID = ["images seem to be 24 px", "training 12%  2 min left  step 8  rec 0.10 cyc 0.20", "a note"]


def waited(job, until, most=600.0):
    end = time.monotonic() + most
    while not until():
        if time.monotonic() > end:
            job.process.kill()
            job.process.wait()
            pytest.fail(f"nothing came of it: {job.lines()}")
        time.sleep(0.1)


def test_progress_is_told_by_the_last_line_that_has_it():
    assert progress_of(SAID) == (0.12, "2 min left  step 8  rec 0.10 cyc 0.20")
    assert progress_of(SAID[:1]) == (0.0, SAID[0])
    assert progress_of([]) == (0.0, "")
    assert remarks_of(SAID) == [SAID[0], SAID[2]]


def test_a_run_that_has_ended_is_not_replaced(run_folder, tmp_path):
    with pytest.raises(AdganError, match="holds a run already"):
        train_words(["images"], run_folder, 5)
    words = train_words(["images"], tmp_path / "new", 2.5, tmp_path / "corrected")
    assert words[-4:] == ["--minutes", "2.5", "--labels", tmp_path / "corrected"]


def test_a_command_that_is_wrong_has_failed_and_says_why(tmp_path):
    job = Job.start(segment_words(None, [tmp_path / "none"], tmp_path / "out"), tmp_path / "a.log")
    waited(job, lambda: job.ended)
    assert job.failed and "does not exist" in job.lines()[-1]
    assert job.command.startswith("adgan segment")


def test_a_training_that_is_stopped_leaves_a_run_and_goes_on(tmp_path, layer):
    image, _, _ = simulated_sample(images=1)[0]
    path = tmp_path / "cells.tif"
    write_gray(path, image[:128, :128])
    run = tmp_path / "run"
    job = Job.start(train_words([path], run, 5), tmp_path / "train.log")
    waited(job, lambda: course_of(run).steps or progress_of(job.lines())[0] > 0)
    job.stop()
    waited(job, lambda: job.ended)
    assert not job.failed and "can be used as it is" in "\n".join(job.lines())
    course = course_of(run)
    assert course.steps and course.stamp and len(course.loss) == len(course.steps)
    assert load(run).recipe
    assert train_words([path], run, 5) == ["train", path, "--resume", run]
    sample, window = sample_of(stack_of(layer(image), "YX"))
    assert window == (slice(0, 256), slice(0, 256))
    (labels,) = masks_of(run, sample)
    assert labels.shape == (256, 256)


def test_a_run_that_has_not_begun_has_no_course(tmp_path, layer):
    assert course_of(tmp_path / "none").steps == [] and course_of(Path(tmp_path)).stamp == 0
    sample, _ = sample_of(stack_of(layer(simulated_sample(images=1)[0][0]), "YX"))
    assert list(masks_of(tmp_path / "none", sample)) == []
