import json
import shutil

import numpy as np
import pytest
import torch

from adgan.checkpoint import CURVE, describe, load, read_rows, write_rows
from adgan.errors import AdganError
from adgan.io import load_images


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
    assert {path.suffix for path in run.iterdir()} == {".json", ".safetensors", ".csv", ""}


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
    assert "written in run format 99, this version reads 1" in refused(run)


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
    for text in ("step,rec\n1,zero\n", "step,rec\n1\n"):
        (tmp_path / "curve.csv").write_text(text)
        with pytest.raises(AdganError, match="curve.csv is damaged"):
            read_rows(tmp_path / CURVE)


def test_inputs_are_known_by_their_pixels(images):
    one, other, again = describe(load_images([images[0], images[0] + 1, images[0]]))
    assert one.sha256 == again.sha256 != other.sha256
    assert one.shape == images[0].shape and one.name == "array_0000"
    turned = describe(load_images(np.ascontiguousarray(images[0].T)))[0]
    assert turned.sha256 != one.sha256
