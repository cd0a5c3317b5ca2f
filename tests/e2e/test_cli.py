"""From images to tables with the command line, on networks far too small to be good."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile

from adgan.io import read_images, read_labels, write_gray

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"


def test_a_run_holds_all_that_is_needed_and_says_what_is_next(
    run, data, tmp_path, config, documented
):
    folder = tmp_path / "run"
    words = ("train", data / "images", "-o", folder, *config)
    code, out, err = run(*words, "--steps", 3, "--seed", 2)
    assert code == 0
    assert f"Trained {folder}: 3 steps" in out and f"adgan segment {folder} " in out
    assert "smaller than a crop" not in err
    assert sorted(p.name for p in (folder / "panels").iterdir()) == [
        "step_000002.png",
        "step_000003.png",
    ]
    page = (folder / "report.html").read_text()
    assert "reconstruction" in page and "schedule.steps" in page and "version of torch" in page
    recipe = json.loads((folder / "recipe.json").read_text())
    assert (recipe["seed"], recipe["network"]["width"]) == (2, 2)
    assert not [p for p in folder.rglob(".*")]
    documented("train", folder)


def test_label_maps_have_name_size_and_scale_of_their_images(
    run, data, trained, tmp_path, documented
):
    out = tmp_path / "out"
    code, said, _ = run("segment", trained, data / "images", "-o", out, "--series")
    documented("segment", out)
    assert code == 0 and "3 label maps with " in said
    for path in sorted((data / "images").iterdir()):
        (image,), labels = read_images(path), read_labels(out / path.name)
        assert labels.pixels.shape == image.pixels.shape
        assert labels.spacing == pytest.approx(image.spacing)
    assert len(list(out.glob("*.tif"))) == 3


def test_everything_that_can_be_asked_for_is_written(run, data, trained, tmp_path, documented):
    out = tmp_path / "out"
    words = ["segment", trained, data / "images" / "cell_0.tif", "-o", out]
    extras = ("--probability", "--overlay", "--table", "--rois", "--threshold", 0.4)
    assert run(*words, *extras, "--confidence")[0] == 0
    documented("segment", out)
    assert {p.name for p in out.iterdir()} == {
        "cell_0.tif", "probability", "overlay", "tables", "rois", "manifest.jsonl", "segment.json",
        "confidence",
    }  # fmt: skip
    assert [p.name for p in sorted((out / "rois").iterdir())] == ["cell_0.geojson", "cell_0.zip"]
    soft = tifffile.imread(out / "probability" / "cell_0.tif")
    assert soft.dtype == np.float32 and 0 <= soft.min() <= soft.max() <= 1


def test_scores_tables_and_synthetic_pairs(run, data, trained, tmp_path, documented):
    out, table, pairs = tmp_path / "out", tmp_path / "table.csv", tmp_path / "pairs"
    assert run("segment", trained, data / "images", "-o", out)[0] == 0
    code, scores, _ = run("evaluate", out, data / "labels", "--json")
    assert code == 0 and len(json.loads(scores)["images"]) == 3
    assert run("measure", out, data / "images", "-o", table)[0] == 0
    count = sum(int(read_labels(p).pixels.max()) for p in out.glob("*.tif"))
    with open(table, newline="") as file:
        assert len(list(csv.DictReader(file))) == count
    assert run("measure", out, data / "images", "-o", tmp_path / "tables")[0] == 0
    documented("measure", tmp_path / "tables")
    words = ("synthesize", trained, "-o", pairs, "-n", 2, "--size", 64, 48)
    assert run(*words)[0] == 0
    documented("synthesize", pairs)
    for name in ("cellpose", "stardist", "nnunet"):
        words = ("synthesize", trained, "-o", tmp_path / name, "-n", 2, "--size", 32, 32)
        assert run(*words, "--for", name)[0] == 0
        documented("synthesize", tmp_path / name)
    assert run("inspect", data / "images", "-o", tmp_path / "look")[0] == 0
    documented("inspect", tmp_path / "look")
    names = [sorted(p.name for p in (pairs / part).iterdir()) for part in ("images", "labels")]
    assert names[0] == names[1] and len(names[0]) == 2
    (image,) = read_images(pairs / "images" / names[0][0])
    assert image.pixels.shape == (64, 48) and image.spacing == pytest.approx((0.5, 0.5))


def test_images_smaller_than_a_crop_and_few_of_them_train(run, data, tmp_path, config):
    write_gray(tmp_path / "small.tif", read_images(data / "images" / "cell_0.tif")[0].pixels[:20])
    words = ("train", tmp_path / "small.tif", "-o", tmp_path / "run", "--steps", 1)
    code, _, err = run(*words, *config)
    assert code == 0
    assert "1 of 1 images are smaller than a crop (32 x 32 at the working scale)" in err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_goes_on_where_it_was(data, tmp_path, run, config, stop):
    folder = tmp_path / "run"
    words = ("train", data / "images", "-o", folder, *config)
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, *map(str, words), "--steps", "100000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        end = time.monotonic() + 60
        while not list(folder.glob("panels/*")) and time.monotonic() < end:
            time.sleep(0.1)
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert f"--resume {folder}" in err.splitlines()[-1]
    assert (folder / "report.html").exists()
    about = json.loads((folder / "run.json").read_text())
    assert not about["finished"] and about["steps"] >= 2
    assert run("segment", folder, data / "images", "-o", tmp_path / "out")[0] == 0


def test_overwriting_a_run_starts_anew(run, data, tmp_path, config):
    words = ("train", data / "images", "-o", tmp_path / "run", *config, "--overwrite")
    curves = []
    for seed, steps in ((0, 4), (1, 3)):
        assert run(*words, "--seed", seed, "--steps", steps)[0] == 0
        curves.append((tmp_path / "run" / "curve.csv").read_text().splitlines())
    assert [len(curve) for curve in curves] == [5, 4]
    assert curves[0][1] != curves[1][1]


def test_a_finished_run_is_not_trained_again(run, data, trained):
    before = (trained / "weights.safetensors").read_bytes()
    code, out, _ = run("train", data / "images", "--resume", trained)
    assert code == 0 and "4 steps" in out
    assert (trained / "weights.safetensors").read_bytes() == before


def test_the_demonstration_ends_with_one_page(run, tmp_path, documented):
    code, out, _ = run("demo", "-o", tmp_path / "demo", "--minutes", 0.02)
    assert code == 0 and "pixel DICE" in out and str(tmp_path / "demo" / "index.html") in out
    assert [p.name for p in (tmp_path / "demo").glob("*.html")] == ["index.html"]
    page = (tmp_path / "demo" / "index.html").read_text()
    for word in ("Scores", "Training curves", "Mistakes", "nuclei2d_12", "synthetic_0000"):
        assert word in page
    documented("demo", tmp_path / "demo")
