"""`adgan segment` without a run: the built-in model takes its place."""

import shutil

import numpy as np
import pytest

from adgan.io import read_labels, write_gray
from adgan.synth.samples import simulated_sample


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    ((image, _, _),) = simulated_sample(images=1)
    write_gray(folder / "cell.tif", image[:100, :110])
    return folder


def test_images_alone_are_segmented_and_the_model_is_named(run, images, tmp_path):
    code, out, err = run(
        "segment", images, "-o", tmp_path / "out", "--device", "cpu", "--confidence"
    )
    assert code == 0
    assert "1 label map with" in out and "adgan measure" in out and "adgan evaluate" in out
    assert "these images are segmented by the built-in model, without training on them" in out + err
    (path,) = (tmp_path / "out").glob("*.tif")
    assert read_labels(path).pixels.max() > 3
    assert (tmp_path / "out" / "confidence" / "report.html").is_file()


def test_a_run_folder_alone_asks_for_images(run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    (tmp_path / "run" / "recipe.json").write_text("{}")
    code, _, err = run("segment", tmp_path / "run", "-o", tmp_path / "out")
    assert code == 2 and err.count("\n") == 1
    assert "is a run folder: name the images to segment after it" in err


def test_what_cannot_be_used_is_named_and_the_exit_code_says_so(run, images, tmp_path):
    folder = tmp_path / "images"
    shutil.copytree(images, folder)
    (folder / "letter.tif").write_text("a letter")
    code, out, err = run("segment", folder, "-o", tmp_path / "out", "--device", "cpu")
    assert code == 3 and "1 label map " in out and "letter.tif" in err


def test_a_missing_folder_is_one_line(run, tmp_path):
    code, _, err = run("segment", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert code == 2 and err.count("\n") == 1 and "nowhere" in err


@pytest.mark.parametrize(
    "options, message",
    [
        (["--engine", "onnx"], "--engine onnx is only for the built-in model: leave out"),
        (["--precision", "bfloat16"], "--precision bfloat16 is only for the built-in model"),
        (["--workers", "2", "--scheduler", "tcp://x"], "both given: choose one"),
    ],
)
def test_options_that_contradict_are_refused(options, message, run, images, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    code, _, err = run("segment", tmp_path / "run", images, "-o", tmp_path / "out", *options)
    assert code == 2 and err.count("\n") == 1 and message in err
    assert not (tmp_path / "out").exists()


def test_slices_are_one_volume(run, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "slices").mkdir()
    for number in range(6):
        write_gray(tmp_path / "slices" / f"{number}.tif", rng.normal(100, 5, (48, 48)))
    how = ["--stack", "--spacing", "1", "0.5", "0.5", "--device", "cpu"]
    code, out, _ = run("segment", tmp_path / "slices", "-o", tmp_path / "out", *how)
    assert code == 0 and "Wrote 1 label map" in out
    assert read_labels(tmp_path / "out" / "slices.tif").pixels.shape == (6, 48, 48)
