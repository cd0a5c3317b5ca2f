import json
import shutil

import numpy as np
import pytest
import torch

from adgan.errors import AdganError
from adgan.io import load_images
from adgan.runs import CURVE, WEIGHTS
from adgan.runs.checkpoint import load
from adgan.runs.record import describe, read_run
from adgan.runs.tables import read_rows, write_rows
from adgan.runs.tensors import load_tensors, save_tensors


@pytest.fixture
def run(run_folder, tmp_path):
    """A copy of a run, to be damaged."""
    return shutil.copytree(run_folder, tmp_path / "run")


def refused(run):
    """The line that loading a damaged run ends with."""
    with pytest.raises(AdganError) as caught:
        load(run)
    line = str(caught.value)
    assert "\n" not in line and "run" in line
    return line


def test_a_loaded_model_is_the_trained_one(run, tiny):
    model = load(run)
    assert model.recipe == tiny()
    assert not model.generator.training
    x = torch.zeros(1, 1, 32, 32)
    assert model.generator.translate(x, 0).equal(load(str(run)).generator.translate(x, 0))


def test_only_weights_in_safetensors_are_read(run, monkeypatch):
    (run / "state.safetensors").unlink()

    def never(*args, **kwargs):
        raise AssertionError("unpickled")

    for name in ("load", "loads"):
        monkeypatch.setattr(f"pickle.{name}", never)
    monkeypatch.setattr(torch, "load", never)
    load(run)
    assert {path.suffix for path in run.iterdir()} == {
        ".json",
        ".jsonl",
        ".safetensors",
        ".csv",
        "",
    }


def test_no_folder_and_no_run(tmp_path):
    assert "does not exist" in refused(tmp_path / "no_run")
    (tmp_path / "empty_run").mkdir()
    assert "is not a run folder" in refused(tmp_path / "empty_run")


@pytest.mark.parametrize("name", ["run.json", "recipe.json", "weights.safetensors"])
def test_missing_files(run, name):
    (run / name).unlink()
    assert name in refused(run)


@pytest.mark.parametrize("name", ["run.json", "recipe.json", "weights.safetensors"])
@pytest.mark.parametrize("keep", [0, 40])
def test_truncated_files(run, name, keep):
    (run / name).write_bytes((run / name).read_bytes()[:keep])
    assert name in refused(run)


@pytest.mark.parametrize("text", ["[]", "3", "{}", '{"format": null}'])
def test_json_of_another_kind(run, text):
    (run / "run.json").write_text(text)
    refused(run)


def test_another_format(run):
    about = json.loads((run / "run.json").read_text()) | {"format": 99}
    (run / "run.json").write_text(json.dumps(about))
    assert "has run format 99, but this version reads 1" in refused(run)


def test_weights_of_other_networks(run, tiny):
    (run / "recipe.json").write_text(tiny({"network": {"width": 3}}).to_json())
    assert "does not fit the recipe.json" in refused(run)


def test_curve_round_trip(tmp_path):
    rows = [{"step": 1.0, "rec": 1 / 3}, {"step": 2.0, "rec": 1e-17}]
    write_rows(tmp_path / CURVE, rows)
    assert read_rows(tmp_path / CURVE) == rows


def test_curve_absent_or_damaged(tmp_path):
    assert read_rows(tmp_path / CURVE) == []
    write_rows(tmp_path / CURVE, [])
    assert not list(tmp_path.iterdir())
    for text in (
        "step,rec\n1,zero\n",
        "step,rec\n1\n",
        "step,rec\n1,2,3\n",
        "rec\n1\n",
        "step,rec\ninf,1\n",
        "step,rec\nnan,1\n",
        "step,rec\n\x00,1\n",
        "step,rec\n" + "9" * 200_000 + ",1\n",
    ):
        (tmp_path / "curve.csv").write_text(text)
        with pytest.raises(AdganError, match="curve.csv is damaged"):
            read_rows(tmp_path / CURVE)


def test_an_empty_curve_is_none(tmp_path):
    (tmp_path / CURVE).touch()
    assert read_rows(tmp_path / CURVE) == []


def test_inputs_are_known_by_their_pixels(images):
    one, other, again = describe(load_images([images[0], images[0] + 1, images[0]]))
    assert one["sha256"] == again["sha256"] != other["sha256"]
    assert one["shape"] == images[0].shape and one["name"] == "array_0000"
    turned = describe(load_images(np.ascontiguousarray(images[0].T)))[0]
    assert turned["sha256"] != one["sha256"]


def test_rows_of_other_columns_are_written_together(tmp_path):
    write_rows(tmp_path / CURVE, [{"step": 1, "rec": 1.0}, {"step": 2, "dim": 0.5}])
    assert (tmp_path / CURVE).read_text() == "step,rec,dim\n1,1.0,\n2,,0.5\n"
    one, two = read_rows(tmp_path / CURVE)
    assert one["rec"] == 1 and two["dim"] == 0.5 and one["dim"] != one["dim"]


def test_what_is_counted_is_written_whole_again(tmp_path):
    table = tmp_path / CURVE
    table.write_text("step,restart,rec\n1.0,0.0,2.0\n")
    write_rows(table, [*read_rows(table), {"step": 2, "restart": 0, "rec": 2.0}])
    assert table.read_text() == "step,restart,rec\n1,0,2.0\n2,0,2.0\n"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_weights_that_are_none_are_refused(run, value):
    weights = load_tensors(run / WEIGHTS)
    weights["decoder.head.weight"].fill_(value)
    save_tensors(run / WEIGHTS, weights)
    assert "the weights decoder.head.weight are" in refused(run)


@pytest.mark.parametrize(
    "network", [{"width": 512, "blocks": 32, "kernel": 31}, {"width": 10**9}, {"blocks": -1}]
)
def test_networks_of_any_size_are_refused_before_they_are_made(run, tiny, monkeypatch, network):
    recipe = json.loads((run / "recipe.json").read_text())
    recipe["network"] |= network
    (run / "recipe.json").write_text(json.dumps(recipe))

    def never(*_):
        raise AssertionError("made")

    monkeypatch.setattr("adgan.runs.checkpoint.build_generator", never)
    refused(run)


def test_a_run_killed_before_its_first_save_says_how_to_go_on(run):
    for name in ("weights.safetensors", "state.safetensors", "curve.csv"):
        (run / name).unlink()
    about = json.loads((run / "run.json").read_text())
    for name in ("steps", "seconds", "finished", "verdict"):
        del about[name]
    (run / "run.json").write_text(json.dumps(about))
    assert "resume the training, or start a new one" in refused(run)


def put(name, value):
    """Change an entry of run.json, by the path to it."""

    def change(about):
        *path, last = name.split(".")
        for part in path:
            about = about[int(part) if part.isdigit() else part]
        about[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda about: about.pop("inputs"),
        put("inputs", 3),
        put("inputs", [3]),
        put("inputs.0.shape", [10**12, 3]),
        put("inputs.0.shape", []),
        put("inputs.0.shape", [1.5, 2]),
        put("inputs.0.spacing", [1e-12, 1e-12]),
        put("inputs.0.spacing", [float("nan"), 1]),
        put("inputs.0.spacing", "wide"),
        put("inputs.0.sha256", "../../etc/passwd"),
        put("inputs.0.name", None),
        put("versions", ["1"]),
        put("versions.adgan", {}),
        put("steps", -1),
        put("steps", "many"),
        put("seconds", float("inf")),
        put("usual_radius", -3),
        put("usual_radius", "large"),
        put("verdict", "fine"),
        put("verdict.reasons", "none"),
        put("verdict.reasons", ["x" * 10_000]),
        put("refined", {"step": 1}),
        put("refined", {"step": 1, "before": {"radius": [1e-6, 1], "count": [1, 2]}}),
        put("finished", "perhaps"),
        put("handling", 3),
        put("format", [[]]),
        put("format", "x" * 10_000),
    ],
)
def test_entries_of_a_run_are_what_they_should_be(run, change):
    about = json.loads((run / "run.json").read_text())
    change(about)
    (run / "run.json").write_text(json.dumps(about))
    assert len(refused(run)) < 600


@pytest.mark.parametrize("name", ["run.json", "recipe.json"])
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"format": 1, "steps": ' + "9" * 5000 + "}",
        '{"a": ' * 30 + "1" + "}" * 30,
        '"text"',
        "\ufeff{}",
        '{"seed": 1e999}',
    ],
)
def test_odd_text_in_files_of_a_run(run, name, text):
    (run / name).write_text(text)
    assert name in refused(run)


def test_words_of_a_run_say_nothing_to_the_terminal(run):
    about = json.loads((run / "run.json").read_text())
    about["verdict"]["reasons"] = ["\x1b[2Jgone"]
    about["inputs"][0]["name"] = "a\nb"
    (run / "run.json").write_text(json.dumps(about))
    assert read_run(run)["verdict"]["reasons"] == [r"\x1b[2Jgone"]
    assert read_run(run)["inputs"][0]["name"] == r"a\nb"


def test_a_run_of_before_has_present_names_for_the_sizes_it_started_with(run):
    about = json.loads((run / "run.json").read_text())
    scene = json.loads((run / "recipe.json").read_text())["scene"]
    scene["wobble"] = scene.pop("irregularity") + 0.02
    about["refined"] = {"step": 1, "before": scene}
    (run / "run.json").write_text(json.dumps(about))
    before = read_run(run)["refined"]["before"]
    assert before["irregularity"] == scene["wobble"] and "wobble" not in before
