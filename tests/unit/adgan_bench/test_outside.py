import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan_bench import outside
from adgan_bench.data import read_data
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.systems import METHODS
from adgan_bench.workers.nnunet import to_classes, to_labels

SCRIPT = """
import json, sys
from pathlib import Path
import numpy as np

folder = Path(sys.argv[1])
level = json.loads((folder / "settings.json").read_text())["level"]
if level < 0:
    raise ValueError("no such level")
(folder / "labels").mkdir()
for path in sorted((folder / "images").iterdir()):
    np.save(folder / "labels" / path.name, (np.load(path) > level).astype(int))
"""


@pytest.fixture
def worker(monkeypatch, tmp_path):
    """A worker called toy, run by the Python of the tests."""
    (tmp_path / "toy.py").write_text(SCRIPT)
    monkeypatch.setattr(outside, "python_of", lambda name: Path(sys.executable))
    monkeypatch.setattr(outside, "files", lambda package: tmp_path)


def test_a_worker_gets_images_and_settings_and_gives_labels(worker):
    images = [np.full((3, 4), value) for value in (1, 5)]
    first, second = outside.run_worker("toy", images, {"level": 3})
    assert not first.any()
    assert second.all()


def test_what_a_worker_said_last_is_told(worker):
    with pytest.raises(AdganError, match="toy failed: ValueError: no such level"):
        outside.run_worker("toy", [np.zeros((2, 2))], {"level": -1})


def test_an_absent_environment_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setenv("ADGAN_ENVIRONMENTS", str(tmp_path))
    assert "adgan benchmark setup cellprofiler" in METHODS["cellprofiler"].missing()
    outside.python_of("cellprofiler").parent.mkdir(parents=True)
    outside.python_of("cellprofiler").touch()
    assert METHODS["cellprofiler"].missing() is None


def test_a_failed_installation_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("ADGAN_ENVIRONMENTS", str(tmp_path))
    monkeypatch.setattr(outside.sys, "executable", "/no/such/python")
    with pytest.raises(AdganError, match="cannot make the environment"):
        outside.setup("cellprofiler")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_environment_is_refused():
    with pytest.raises(AdganError, match="did you mean cellprofiler"):
        outside.setup("cellprofile")


def test_nnunet_gets_labels_of_the_split_and_the_budget(monkeypatch, data_file, tmp_path):
    asked = []

    def worker(name, images, settings):
        asked.append((name, len(images), settings))
        return [np.zeros(image.shape, int) for image in images]

    monkeypatch.setattr(outside, "run_worker", worker)
    monkeypatch.setitem(METHODS, "nnunet", replace(METHODS["nnunet"], missing=lambda: None))
    plan = Plan(["nnunet"], 1, {"minutes": 3.0}, "cpu")
    run_benchmark(plan, read_data(data_file), tmp_path / "out")
    (name, images, settings), *others = asked
    assert (name, images, settings["fit"], settings["minutes"]) == ("nnunet", 0, True, 3.0)
    written = Path(settings["work"]) / "train"
    assert {path.name for path in (written / "labels").iterdir()} == {"00000.npy", "00001.npy"}
    assert [(images, settings["fit"]) for _, images, settings in others] == [(1, False)]


def test_classes_of_nnunet_keep_touching_nuclei_apart():
    labels = np.zeros((20, 40), int)
    labels[4:16, 4:20], labels[4:16, 20:36] = 1, 2
    classes = to_classes(labels, 2.0)
    assert ((classes > 0) == (labels > 0)).all()
    assert (classes[:, 19:21] != 1).all()
    assert classes[10, 12] == classes[10, 28] == 1


def test_specks_of_nnunet_are_no_nuclei():
    labels = np.zeros((20, 40), int)
    labels[4:16, 4:20], labels[4:16, 20:36] = 1, 2
    classes = to_classes(labels, 2.0)
    classes[1, 1:3] = 1
    assert np.array_equal(to_labels(classes, 14.0), labels)


def test_a_folder_that_is_no_environment_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("ADGAN_ENVIRONMENTS", str(tmp_path))
    (tmp_path / "nnunet").mkdir()
    (tmp_path / "nnunet" / "results.txt").touch()
    with pytest.raises(AdganError, match="is no environment"):
        outside.setup("nnunet")
    assert (tmp_path / "nnunet" / "results.txt").exists()
