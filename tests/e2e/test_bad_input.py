"""Every mistake is one line and exit code 2, and leaves nothing half-written."""

import json
import os
import shutil

import numpy as np
import pytest
import tifffile
from PIL import Image

from adgan.io import read_labels, write_gray, write_labels
from adgan.runs.tensors import load_tensors, save_tensors


def refused(result, *words):
    code, out, err = result
    assert code == 2 and out == "", err
    lines = [line for line in err.splitlines() if line.startswith("adgan: ")]
    assert len(lines) == 1 and lines[0] == err.splitlines()[-1]
    for word in words:
        assert str(word) in lines[0]


def empty(folder, picture):
    folder.mkdir()


def missing(folder, picture):
    pass


def no_image(folder, picture):
    folder.mkdir()
    (folder / "a.tif").write_text("this is a letter")


def truncated(folder, picture):
    folder.mkdir()
    tifffile.imwrite(folder / "a.tif", picture)
    whole = (folder / "a.tif").read_bytes()
    (folder / "a.tif").write_bytes(whole[: len(whole) // 2])


def constant(folder, picture):
    folder.mkdir()
    write_gray(folder / "a.tif", 0 * picture)


def not_a_number(folder, picture):
    folder.mkdir()
    pixels = picture.astype(np.float32)
    pixels[3, 4] = np.nan
    write_gray(folder / "a.tif", pixels)


def infinite(folder, picture):
    folder.mkdir()
    pixels = picture.astype(np.float32)
    pixels[3, 4] = np.inf
    write_gray(folder / "a.tif", pixels)


def colour(folder, picture):
    folder.mkdir()
    rgb = np.stack([picture // 4, picture // 8, 0 * picture], axis=-1).astype(np.uint8)
    Image.fromarray(rgb).save(folder / "a.png")


def mixed(folder, picture):
    folder.mkdir()
    write_gray(folder / "a.tif", picture)
    write_gray(folder / "b.tif", np.stack([picture] * 8))


def same_name(folder, picture):
    folder.mkdir()
    write_gray(folder / "a.tif", picture)
    Image.fromarray(picture.astype(np.uint8)).save(folder / "a.png")


INPUTS = [
    (missing, ["does not exist"]),
    (empty, ["no image found"]),
    (no_image, ["a.tif", "is not a TIFF, PNG"]),
    (truncated, ["a.tif"]),
    (infinite, ["a.tif", "infinite"]),
    (colour, ["a.png", "--channel"]),
]


@pytest.mark.parametrize(
    ("make", "words"), INPUTS, ids=lambda value: getattr(value, "__name__", "")
)
@pytest.mark.parametrize("verb", ["train", "segment"])
def test_images_that_cannot_be_used(run, tmp_path, picture, config, trained, verb, make, words):
    folder, out = tmp_path / "images", tmp_path / "out"
    make(folder, picture)
    line = ("train", folder, *config) if verb == "train" else ("segment", trained, folder)
    refused(run(*line, "-o", out), *words)
    assert not out.exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [(constant, ["a.tif", "same value, 0,"]), (mixed, ["2D and 3D are mixed", "a.tif", "b.tif"])],
)
def test_images_that_cannot_be_trained_on(run, tmp_path, picture, config, make, words):
    make(tmp_path / "images", picture)
    refused(run("train", tmp_path / "images", *config, "-o", tmp_path / "run"), *words)
    assert not (tmp_path / "run").exists()


def test_a_blank_image_has_an_empty_map(run, tmp_path, picture, trained):
    constant(tmp_path / "images", picture)
    code, out, err = run("segment", trained, tmp_path / "images", "-o", tmp_path / "out")
    assert code == 0 and "1 label map with 0 nuclei" in out
    assert "warning: a: all pixels have the same value" in err
    assert not read_labels(tmp_path / "out" / "a.tif").pixels.any()


def test_what_was_skipped_is_listed_and_the_exit_code_says_so(run, tmp_path, picture, trained):
    mixed(tmp_path / "images", picture)
    (tmp_path / "images" / "c.tif").write_text("this is a letter")
    words = ("segment", trained, tmp_path / "images", "-o", tmp_path / "out")
    code, out, err = run(*words)
    assert code == 3 and "1 label map with " in out
    assert "2 of 3 images were skipped" in err and "c.tif is not a TIFF" in err
    assert "b.tif has 3 axes" in err
    refused(run(*words, "--strict", "--overwrite"), "2 of 3 images", "b.tif", "c.tif")


def test_training_leaves_out_what_it_cannot_use(run, tmp_path, data, config):
    shutil.copytree(data / "images", tmp_path / "images")
    (tmp_path / "images" / "a.tif").write_text("this is a letter")
    words = ("train", tmp_path / "images", "-o", tmp_path / "run", *config, "--steps", 1)
    code, _, err = run(*words)
    assert code == 0 and "left out: " in err and "a.tif is not a TIFF" in err
    refused(run(*words, "--strict", "--overwrite"), "a.tif")


def test_pixels_without_a_number_train_and_segment(run, tmp_path, picture, config):
    not_a_number(tmp_path / "images", picture)
    words = ("train", tmp_path / "images", "-o", tmp_path / "run", *config, "--steps", 1)
    assert run(*words)[0] == 0
    words = ("segment", tmp_path / "run", tmp_path / "images", "-o", tmp_path / "out")
    assert run(*words, "--overlay", "--table")[0] == 0
    assert read_labels(tmp_path / "out" / "a.tif").pixels[3, 4] == 0


def test_outputs_of_one_name(run, tmp_path, picture, trained):
    same_name(tmp_path / "images", picture)
    refused(run("segment", trained, tmp_path / "images", "-o", tmp_path / "out"), "a.png", "a.tif")
    assert not (tmp_path / "out").exists()


def test_a_channel_that_is_chosen_trains(run, tmp_path, picture, config):
    colour(tmp_path / "images", picture)
    words = ("train", tmp_path / "images", "-o", tmp_path / "run", *config, "--steps", 1)
    code, _, err = run(*words, "--channel", 1)
    assert code == 0, err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--preset", "paper", "--radius", 90, 200, "--count", 1, 2), ["200", "crop of 256"]),
        (("--like", "cats"), ["'cats'", "hela"]),
        (("--config", "nowhere.yaml"), ["nowhere.yaml"]),
        (("--like", "hela", "--steps", 0), ["schedule.steps"]),
    ],
)
def test_settings_that_make_no_sense(run, tmp_path, data, options, words):
    refused(run("train", data / "images", "-o", tmp_path / "run", *options), *words)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("verb", ["train", "segment", "synthesize", "demo"])
def test_a_folder_that_holds_files_is_kept(run, tmp_path, data, config, trained, verb):
    line = {
        "train": ("train", data / "images", *config),
        "segment": ("segment", trained, data / "images"),
        "synthesize": ("synthesize", trained),
        "demo": ("demo",),
    }[verb]
    (tmp_path / "mine.txt").write_text("mine")
    refused(run(*line, "-o", tmp_path), tmp_path, "--overwrite")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("verb", ["train", "segment", "synthesize"])
def test_a_place_that_may_not_be_written(run, tmp_path, data, config, trained, verb):
    line = {
        "train": ("train", data / "images", *config),
        "segment": ("segment", trained, data / "images"),
        "synthesize": ("synthesize", trained),
    }[verb]
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("root may write everywhere")
        refused(run(*line, "-o", tmp_path / "out"), "cannot write", "out")
        assert not (tmp_path / "out").exists()
    finally:
        tmp_path.chmod(0o700)


def test_an_output_that_is_a_file(run, tmp_path, data, trained):
    (tmp_path / "out").write_text("mine")
    refused(run("segment", trained, data / "images", "-o", tmp_path / "out"), "is a file")
    assert (tmp_path / "out").read_text() == "mine"


def older(folder):
    run = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(run | {"format": 99}))


def remove(name):
    return lambda folder: (folder / name).unlink()


def cut(name):
    def damage(folder):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])

    return damage


def other_width(folder):
    recipe = json.loads((folder / "recipe.json").read_text())
    recipe["network"]["width"] = 3
    (folder / "recipe.json").write_text(json.dumps(recipe))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (shutil.rmtree, ["does not exist"]),
        (older, ["run format 99", "train again"]),
        (remove("run.json"), ["is not a run folder", "run.json"]),
        (remove("recipe.json"), ["recipe.json"]),
        (remove("weights.safetensors"), ["weights.safetensors", "is missing"]),
        (cut("run.json"), ["run.json", "is damaged"]),
        (cut("recipe.json"), ["recipe.json"]),
        (cut("weights.safetensors"), ["weights.safetensors", "is damaged"]),
        (other_width, ["weights.safetensors", "does not fit"]),
    ],
)
@pytest.mark.parametrize("verb", ["segment", "synthesize"])
def test_runs_that_are_not_whole(run, tmp_path, data, trained, verb, damage, words):
    folder, out = tmp_path / "run", tmp_path / "out"
    shutil.copytree(trained, folder)
    damage(folder)
    line = ("segment", folder, data / "images") if verb == "segment" else ("synthesize", folder)
    refused(run(*line, "-o", out), *words)
    assert not out.exists()


def test_a_run_goes_on_with_its_own_images_only(run, tmp_path, picture, trained):
    write_gray(tmp_path / "other.tif", picture)
    before = {p: p.stat().st_mtime_ns for p in trained.rglob("*")}
    refused(run("train", tmp_path / "other.tif", "--resume", trained), "other.tif", "not among")
    assert {p: p.stat().st_mtime_ns for p in trained.rglob("*")} == before


def test_a_damaged_state_cannot_be_resumed(run, tmp_path, data, trained):
    folder = tmp_path / "run"
    shutil.copytree(trained, folder)
    cut("state.safetensors")(folder)
    refused(run("train", data / "images", "--resume", folder), "state.safetensors", "is damaged")


def test_pairs_that_do_not_match(run, tmp_path, data):
    words = ("evaluate", tmp_path / "found", data / "labels")
    (tmp_path / "found").mkdir()
    labels = np.ones((64, 64), np.uint16)
    for name in ("cell_0", "cell_1"):
        write_labels(tmp_path / "found" / f"{name}.tif", labels)
    refused(run(*words, "--html", tmp_path / "page.html"), "cell_2.tif", "no prediction")
    write_labels(tmp_path / "found" / "cell_2.tif", labels[:50])
    refused(run(*words, "--html", tmp_path / "page.html"), "cell_2.tif", "shape")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("value", [0.5, -1])
def test_maps_that_are_no_label_maps(run, tmp_path, data, value):
    (tmp_path / "found").mkdir()
    for number in range(3):
        write_gray(tmp_path / "found" / f"cell_{number}.tif", np.full((64, 64), value, np.float32))
    for verb in (("evaluate",), ("measure", "-o", tmp_path / "out")):
        other = data / ("labels" if verb[0] == "evaluate" else "images")
        refused(run(verb[0], tmp_path / "found", other, *verb[1:]), "cell_0.tif")
    assert not (tmp_path / "out").exists()


def test_a_threshold_out_of_range(run, tmp_path, data, trained):
    words = ("segment", trained, data / "images", "-o", tmp_path / "out", "--threshold", 1.5)
    refused(run(*words), "--threshold")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--device", "cuda"), ["cuda is not available"]),
        (("--seed", 2**64), ["seed"]),
        (("--radius", 90, 200), ["radius 90"]),
        (("--radius", 0.1, 6000), ["scene.radius"]),
        (("--steps", 1.5), ["--steps"]),
        (("--config", "betas"), ["betas"]),
        (("--spacing", 1e-300, 1e-300), ["spacing"]),
    ],
)
def test_a_refused_training_leaves_the_older_run(
    run, tmp_path, data, config, trained, monkeypatch, options, words
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    folder = shutil.copytree(trained, tmp_path / "run")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    if options[0] == "--config":
        (tmp_path / "betas").write_text("schedule: {betas: [5, 5]}")
        options = ("--config", tmp_path / "betas")
    else:
        options = (*config, *options)
    refused(run("train", data / "images", "-o", folder, "--overwrite", *options), *words)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
@pytest.mark.parametrize("verb", ["segment", "synthesize"])
def test_weights_that_are_none(run, tmp_path, data, trained, verb, value):
    folder, out = shutil.copytree(trained, tmp_path / "run"), tmp_path / "out"
    weights = load_tensors(folder / "weights.safetensors")
    weights["encoder.stem.weight"].fill_(value)
    save_tensors(folder / "weights.safetensors", weights)
    line = ("segment", folder, data / "images") if verb == "segment" else ("synthesize", folder)
    refused(run(*line, "-o", out), "weights.safetensors", "encoder.stem.weight")
    assert not out.exists()


def test_inputs_are_never_replaced(run, tmp_path, data, trained):
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    images, labels = data / "images", data / "labels"
    for words in (
        ("segment", trained, images, "-o", images),
        ("segment", trained, images, "-o", data),
        ("evaluate", labels, labels, "--html", labels / "cell_0.tif"),
        ("measure", labels, images, "-o", labels),
        ("measure", labels, images, "-o", images / "cell_0.tif"),
        ("train", images, "-o", data),
        ("inspect", images, "-o", images),
    ):
        refused(run(*words, "--overwrite"), "choose")
    assert {p: p.read_bytes() for p in data.rglob("*") if p.is_file()} == before


def test_files_with_names_of_any_bytes_are_segmented(run, tmp_path, picture, trained):
    names = ["=1+1", "a[bold][", "a\nb", "\x1b[2J", "x" * 240, os.fsdecode(b"\xff\xfe")]
    (tmp_path / "images").mkdir()
    for name in names:
        write_gray(tmp_path / "images" / "t.tif", picture)
        (tmp_path / "images" / "t.tif").rename(tmp_path / "images" / f"{name}.tif")
    words = ("segment", trained, tmp_path / "images", "-o", tmp_path / "out", "--table", "--rois")
    code, out, err = run(*words)
    assert code == 0 and "\x1b" not in out + err
    written = [p.name for p in (tmp_path / "out").glob("*.tif")]
    assert len(written) == len(names) and all(name.isprintable() for name in written)


def test_what_is_named_before_images_is_a_run_or_an_image(run, data, tmp_path):
    code, _, err = run("segment", "/dev/null", data / "images", "-o", tmp_path / "out")
    assert code == 2 and "neither a run folder nor an image" in err
    assert not (tmp_path / "out").exists()


def test_a_log_whose_name_holds_a_null_byte_is_refused(run):
    code, _, err = run("recipe", "--log", "\0")
    assert code == 2 and err.count("adgan: ") == 1 and "\0" not in err
