import json

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_gray, write_labels
from adgan.nn.adain import adain
from adgan.synth.samples import simulated_sample
from adgan_bench.data import read_data
from adgan_bench.results import Results
from adgan_bench.rivals.base import Method, descend
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.system import Fitted, System, each
from adgan_bench.systems import METHODS
from adgan_bench.translators import rival, translator


class Toy(Method):
    """A new method takes this much: networks, a step, a way across."""

    def __init__(self, size):
        super().__init__(size)
        self.network, self.discriminator = size.encoder(code=2), size.discriminator()
        self.head = size.decoder(code=2)
        self.ready([self.network, self.head], [self.discriminator])

    def step(self, images, masks, step, progress):
        loss = (self.translate(images, 0) - images).abs().mean()
        descend(self.makers, loss)
        return {"loss": float(loss.detach())}

    def translate(self, x, source, norm=adain):
        code = x.new_ones(len(x), 2)
        return self.head(self.network(x, code, norm), code, norm)


class Dark(Toy):
    """Takes the dark for nuclei."""

    def step(self, images, masks, step, progress):
        return {}

    def translate(self, x, source, norm=adain):
        return -x


def plan(*methods, seeds=1, steps=1):
    return Plan(methods, seeds, {"steps": steps}, "cpu", ["adgan", "benchmark", "run"])


@pytest.fixture
def perfect(monkeypatch):
    """A system that knows what it should not, and counts how often it is fitted."""
    fitted = []

    def fit(task):
        fitted.append(task)
        return Fitted(each(lambda pixels: (pixels > np.median(pixels)).astype(int)), {"steps": 3})

    monkeypatch.setitem(METHODS, "perfect", System("Perfect", "unsupervised", fit))
    return fitted


def test_masks_that_show_the_dark_are_turned_round(data_file, tmp_path, monkeypatch):
    monkeypatch.setitem(METHODS, "dark", System("Dark", "unsupervised", translator(rival(Dark))))
    run_benchmark(plan("dark"), read_data(data_file), tmp_path / "out")
    (record,) = Results(tmp_path / "out").read()
    assert record["notes"]["turned"]
    assert record["scores"]["mean"]["dice"] > 0.5


def test_a_toy_method_takes_a_file_and_a_line(data_file, tmp_path, monkeypatch):
    monkeypatch.setitem(METHODS, "toy", System("Toy", "unsupervised", translator(rival(Toy))))
    run_benchmark(plan("toy"), read_data(data_file), tmp_path / "out")
    (record,) = Results(tmp_path / "out").read()
    assert record["title"] == "Toy"
    assert record["notes"]["steps"] == 1
    assert 0 <= record["scores"]["mean"]["dice"] <= 1


def test_what_is_done_is_not_done_again(data_file, tmp_path, perfect):
    sets, out = read_data(data_file), tmp_path / "out"
    run_benchmark(plan("perfect", seeds=2), sets, out)
    assert len(perfect) == 2
    told = []
    run_benchmark(plan("perfect", seeds=3), sets, out, lambda *what: told.append(what))
    assert len(perfect) == 3
    # Only what is left counts, so that the time left is told from it.
    assert [(number, total) for number, total, _ in told] == [(0, 1), (1, 1), (1, 1)]
    assert told[0][2] == "2 of 3 results exist already"
    seeds = [record["key"]["seed"] for record in Results(out).read()]
    assert seeds == [0, 1, 2]
    assert [task.recipe.seed for task in perfect] == seeds


def test_another_budget_or_variant_is_another_result(data_file, tmp_path, perfect):
    sets, out = read_data(data_file), tmp_path / "out"
    for asked in (plan("perfect"), plan("perfect", steps=2), plan("perfect@loss.cycle=x2")):
        run_benchmark(asked, sets, out)
    assert [task.recipe.loss.cycle for task in perfect] == [20, 20, 40]


def test_only_supervised_systems_see_labels(data_file, tmp_path, perfect, monkeypatch):
    system = METHODS["perfect"]
    monkeypatch.setitem(METHODS, "taught", System("Taught", "supervised", system.fit))
    run_benchmark(plan("perfect", "taught"), read_data(data_file), tmp_path / "out")
    assert [len(task.seen) for task in perfect] == [0, 2]
    assert [len(task.images) for task in perfect] == [4, 4]


def test_what_is_not_installed_says_how_and_is_tried_again(data_file, tmp_path, perfect):
    fit = METHODS["perfect"].fit
    notes = iter(["run this script", None])
    METHODS["perfect"] = System("Perfect", "plain", fit, missing=lambda: next(notes))
    sets, out = read_data(data_file), tmp_path / "out"
    for _ in range(2):
        run_benchmark(plan("perfect"), sets, out)
    first, second = Results(out).read()
    assert first["missing"] == "not installed: run this script"
    assert "scores" in second


def test_a_system_that_fails_leaves_the_others_running(data_file, tmp_path, perfect, monkeypatch):
    def fail(task):
        raise AdganError("no luck")

    monkeypatch.setitem(METHODS, "unlucky", System("Unlucky", "unsupervised", fail))
    run_benchmark(plan("unlucky", "perfect"), read_data(data_file), tmp_path / "out")
    failed, scored = Results(tmp_path / "out").read()
    assert failed["missing"] == "failed: no luck"
    assert "scores" in scored


def test_unknown_names_stop_it_before_anything_runs(data_file, tmp_path):
    for name, message in (("cylegan", "cyclegan"), ("adgan@loss.x=1", "is not a setting")):
        with pytest.raises(AdganError, match=message):
            run_benchmark(plan(name), read_data(data_file), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_results_hold_pictures_and_plain_json(data_file, tmp_path, perfect):
    out = tmp_path / "out"
    run_benchmark(plan("perfect"), read_data(data_file), out)
    found = {path.relative_to(out).as_posix() for path in out.rglob("*.tif")}
    assert found == {
        "images/simulated/2.tif",
        "truth/simulated/2.tif",
        "labels/simulated/perfect_0/2.tif",
    }
    line = (out / "results.jsonl").read_text().splitlines()[0]
    assert json.loads(line)["key"] == {
        "method": "perfect", "set": "simulated", "seed": 0, "split": 0.5, "steps": 1,
        "device": "cpu",
    }  # fmt: skip


def test_the_networks_own_mask_is_scored_beside_the_labels(data_file, tmp_path, monkeypatch):
    (which,) = read_data(data_file)
    truth = which.held[0].truth

    def fit(task):
        nothing = each(lambda pixels: np.zeros(pixels.shape, int))
        return Fitted(nothing, mask=lambda pixels: truth > 0)

    monkeypatch.setitem(METHODS, "half", System("Half", "unsupervised", fit))
    run_benchmark(plan("half"), [which], tmp_path / "out")
    mean = Results(tmp_path / "out").read()[0]["scores"]["mean"]
    assert (mean["mask_dice"], mean["dice"]) == (1, 0)


def test_volumes_keep_their_voxel_size(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / part).mkdir()
    for number, (image, labels, spacing) in enumerate(simulated_sample("nuclei3d", images=2)):
        write_gray(tmp_path / "images" / f"{number}.tif", image, spacing)
        write_labels(tmp_path / "labels" / f"{number}.tif", labels, spacing)
    path = tmp_path / "data.yaml"
    stated = "radius: [10, 15]\n    count: [12, 18]"
    path.write_text(f"sets:\n  a:\n    images: images\n    labels: labels\n    {stated}\n")
    run_benchmark(plan("cyclegan", "munit"), read_data(path), tmp_path / "out")
    (record,) = Results(tmp_path / "out").read()  # MUNIT is for images alone
    assert record["recipe"]["data"]["spacing"] == [2.0, 0.5, 0.5]
    assert "scores" in record
