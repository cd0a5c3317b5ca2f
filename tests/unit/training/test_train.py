import shutil
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from adgan.errors import AdganError
from adgan.io import write_gray
from adgan.quality.score import Check
from adgan.runs import CHECKS, CURVE, STATE, WEIGHTS
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows
from adgan.runs.tensors import load_tensors
from adgan.system.claims import claims, hold
from adgan.training.train import resume, train
from adgan.training.trainer import Trainer

module = sys.modules["adgan.training.train"]  # its name in the package is that of its function
LOSSES = ("rec", "adv", "ctr", "cyc", "dis", "rate")


def losses_of(folder):
    return [[row[name] for name in LOSSES] for row in read_rows(folder / CURVE)]


@pytest.fixture
def stopping():
    """A watch that does something after a step."""

    def make(step, act):
        return lambda row: act() if row["step"] == step else None

    return make


def interrupt():
    signal.raise_signal(signal.SIGINT)


class Killed(BaseException):
    """What nothing catches, as a kill."""


def kill():
    raise Killed


def test_a_run_holds_what_it_should(run_folder):
    names = {path.name for path in run_folder.iterdir()}
    assert {"recipe.json", "run.json", "weights.safetensors", "curve.csv", "panels"} <= names
    assert [path.name for path in sorted((run_folder / "panels").iterdir())] == [
        "step_000002.png",
        "step_000004.png",
    ]
    run = read_run(run_folder)
    assert run["finished"] and run["steps"] == 4
    assert [row["step"] for row in read_rows(run_folder / CURVE)] == [1, 2, 3, 4]


def test_equal_seeds_give_equal_losses(run_folder, tiny, images, tmp_path):
    again = train(images, tmp_path / "again", tiny(), device="cpu")
    assert losses_of(tmp_path / "again") == losses_of(run_folder)
    first = load(run_folder).generator.state_dict()
    assert all(first[k].equal(v) for k, v in again.generator.state_dict().items())
    train(images, tmp_path / "other", tiny({"seed": 1}), device="cpu")
    assert losses_of(tmp_path / "other") != losses_of(run_folder)


@pytest.mark.parametrize("step", [1, 3])
def test_stopped_and_resumed_is_as_never_stopped(
    step, run_folder, tiny, images, tmp_path, stopping
):
    folder = tmp_path / "run"
    train(images, folder, tiny(), device="cpu", watch=stopping(step, interrupt))
    assert not read_run(folder)["finished"]
    assert len(read_rows(folder / CURVE)) == step
    load(folder)
    resume(folder, images, device="cpu")
    assert losses_of(folder) == losses_of(run_folder)
    assert read_run(folder)["finished"]


@pytest.mark.parametrize("step", [1, 3])
def test_killed_between_saves_and_resumed_is_as_never_stopped(
    step, run_folder, tiny, images, tmp_path, stopping
):
    folder = tmp_path / "run"
    with pytest.raises(Killed):
        train(images, folder, tiny(), device="cpu", watch=stopping(step, kill))
    resume(folder, images[::-1], device="cpu")  # in whatever order
    assert losses_of(folder) == losses_of(run_folder)
    first = load(run_folder).generator.state_dict()
    assert all(first[k].equal(v) for k, v in load(folder).generator.state_dict().items())


def test_a_finished_run_is_left_as_it_is(tiny, images, tmp_path):
    train(images, tmp_path / "run", tiny(), device="cpu")
    before = losses_of(tmp_path / "run")
    seen = []
    resume(tmp_path / "run", images, device="cpu", watch=seen.append)
    assert not seen and losses_of(tmp_path / "run") == before


def test_resuming_with_other_images_is_refused(run_folder, images):
    with pytest.raises(AdganError, match="array_0001 is not among the images"):
        resume(run_folder, [images[0], images[1] + 1], device="cpu")
    with pytest.raises(AdganError, match="started with 2 images, but 1 are given"):
        resume(run_folder, images[:1], device="cpu")


def test_equal_images_may_be_given_twice(tiny, images, tmp_path, stopping):
    twice = [images[0], images[0]]
    train(twice, tmp_path / "run", tiny(), device="cpu", watch=stopping(1, interrupt))
    resume(tmp_path / "run", twice, device="cpu")
    assert read_run(tmp_path / "run")["finished"]


def test_a_schedule_in_minutes_ends_in_time(tiny, images, tmp_path):
    recipe = tiny({"schedule": {"steps": None, "minutes": 1 / 60}})
    train(images, tmp_path / "run", recipe, device="cpu")
    rows = read_rows(tmp_path / "run" / CURVE)
    assert 1 <= rows[-1]["seconds"] < 3
    assert len(rows) == 1 or rows[-2]["seconds"] < 1
    assert rows[0]["rate"] == recipe.schedule.rate
    assert rows[-1]["rate"] < recipe.schedule.rate
    assert read_run(tmp_path / "run")["finished"]


def test_the_rate_is_constant_for_a_half_and_falls_to_nought(tiny, images, tmp_path):
    train(images, tmp_path / "run", tiny(), device="cpu")
    share = [row["rate"] / tiny().schedule.rate for row in read_rows(tmp_path / "run" / CURVE)]
    assert share == pytest.approx([1, 1, 1, 0.5])


def test_the_weights_that_score_best_are_kept(tiny, images, tmp_path, monkeypatch):
    scores = iter([0.3, 0.5, 0.4, 0.5])  # the verdict asks once more
    monkeypatch.setattr(Check, "score", lambda check, how: next(scores))
    recipe = tiny({"schedule": {"steps": 6, "check_every": 2, "keep": True}})
    train(images, tmp_path / "run", recipe, device="cpu")
    assert [row["score"] for row in read_rows(tmp_path / "run" / CHECKS)] == [0.3, 0.5, 0.4]
    chosen = (tmp_path / "run" / WEIGHTS).read_bytes()
    kept = sorted((tmp_path / "run" / "checks").iterdir())
    assert [path.name for path in kept] == [f"step_{k:06d}.safetensors" for k in (2, 4, 6)]
    assert [path.read_bytes() == chosen for path in kept] == [False, True, False]


def test_without_checks_the_last_weights_are_kept(tiny, images, tmp_path):
    recipe = tiny({"schedule": {"check_every": None}})
    train(images, tmp_path / "run", recipe, device="cpu")
    assert not (tmp_path / "run" / CHECKS).exists()
    saved = load_tensors(tmp_path / "run" / STATE)
    for name, tensor in load_tensors(tmp_path / "run" / WEIGHTS).items():
        assert tensor.equal(saved[f"generator.{name}"])


TRIES = {"schedule": {"steps": 6, "restarts": (1.0, 0.5), "restart_steps": 3, "check_every": 1}}


def test_tries_start_afresh_with_seeds_and_rates_of_their_own(tiny, images, tmp_path):
    train(images, tmp_path / "run", tiny(TRIES), device="cpu")
    rows = read_rows(tmp_path / "run" / CURVE)
    assert [row["restart"] for row in rows] == [0, 0, 0, 1, 1, 1]
    assert rows[3]["rate"] == rows[0]["rate"] / 2
    assert rows[3]["rec"] != rows[0]["rec"]
    train(images, tmp_path / "one", tiny({"schedule": {"steps": 3}}), device="cpu")
    assert losses_of(tmp_path / "one") == losses_of(tmp_path / "run")[:3]


def test_a_try_that_leaves_no_numbers_ends_and_the_next_goes_on(
    tiny, images, tmp_path, monkeypatch
):
    whole = Trainer.step

    def breaking(self, batch, step, rate):
        losses, passes = whole(self, batch, step, rate)
        if self.recipe.seed == tiny().seed and step == 1:
            with torch.no_grad():
                for weights in self.generator.parameters():
                    weights.fill_(torch.nan)
            return losses | {"rec": float("nan")}, replace(passes, fake=passes.fake * torch.nan)
        return losses, passes

    monkeypatch.setattr(Trainer, "step", breaking)
    said = []
    train(images, tmp_path / "run", tiny(TRIES), device="cpu", note=said.append)
    rows = read_rows(tmp_path / "run" / CURVE)
    assert [row["restart"] for row in rows] == [0, 0, 1, 1, 1, 1]
    assert sum("step 2 produced NaN or infinity" in line for line in said) == 1
    chosen = load_tensors(tmp_path / "run" / WEIGHTS).values()
    assert all(torch.isfinite(tensor).all() for tensor in chosen)


@pytest.mark.parametrize("step", [2, 3, 5])
def test_tries_resume_exactly(step, tiny, images, tmp_path, stopping):
    recipe = tiny(TRIES)
    train(images, tmp_path / "whole", recipe, device="cpu")
    train(images, tmp_path / "run", recipe, device="cpu", watch=stopping(step, interrupt))
    resume(tmp_path / "run", images, device="cpu")
    for table in (CURVE, CHECKS):
        whole, again = (read_rows(tmp_path / name / table) for name in ("whole", "run"))
        assert [r | {"seconds": 0} for r in whole] == [r | {"seconds": 0} for r in again]
    weights = [(tmp_path / name / WEIGHTS).read_bytes() for name in ("whole", "run")]
    assert weights[0] == weights[1]


def test_a_run_carries_its_verdict(run_folder):
    verdict = read_run(run_folder)["verdict"]
    assert not verdict["healthy"]
    assert verdict["reasons"][0].startswith("only 4 steps were trained")


def test_the_watch_hears_of_every_step(tiny, images, tmp_path):
    seen = []
    train(images, tmp_path / "run", tiny(), device="cpu", watch=seen.append)
    assert [row["step"] for row in seen] == [1, 2, 3, 4]
    assert all(row["left"] >= 0 and np.isfinite(row["left"]) for row in seen)


def test_files_train_as_arrays_do(run_folder, tiny, images, tmp_path):
    for k, image in enumerate(images):
        write_gray(tmp_path / f"image_{k}.tif", image)
    train([tmp_path / "image_0.tif", tmp_path / "image_1.tif"], tmp_path / "run", tiny())
    assert losses_of(tmp_path / "run") == losses_of(run_folder)
    assert read_run(tmp_path / "run")["inputs"][0]["name"] == "image_0"


def test_a_volume_needs_a_recipe_of_its_rank(tiny, tmp_path):
    with pytest.raises(AdganError, match="3 axes, but the recipe is for 2D images"):
        train([np.random.default_rng(0).random((8, 32, 32))], tmp_path / "run", tiny())
    assert not (tmp_path / "run").exists()


def test_volumes_train(tiny, tmp_path):
    volume = np.random.default_rng(0).random((32, 40, 36))
    over = {"data": {"ndim": 3, "crop": (32, 32, 32), "batch": 1}, "network": {"blocks": 0}}
    model = train([volume], tmp_path / "run", tiny(over | {"schedule": {"steps": 1}}), device="cpu")
    assert model.generator.encoder.stem.weight.shape == (2, 1, 3, 3, 3)


@pytest.mark.parametrize(
    "break_off",
    [
        lambda patch: patch.setattr(module, "plan_training", lambda *_: kill()),
        lambda patch: patch.setattr(Trainer, "step", lambda *_: kill()),
        lambda patch: patch.setattr(Trainer, "save", lambda *_: kill()),
        lambda patch: patch.setattr(module, "write_start", lambda *_: kill()),
    ],
)
def test_an_older_run_survives_a_new_one_that_does_not_come_to_weights(
    break_off, run_folder, tiny, images, tmp_path, monkeypatch
):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    break_off(monkeypatch)
    with pytest.raises(Killed):
        train(images, folder, tiny({"seed": 1}), device="cpu", overwrite=True, note=print)
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before
    load(folder)


@pytest.mark.parametrize("older", [False, True])
def test_a_run_that_fails_before_its_first_save_leaves_nothing(
    older, run_folder, tiny, images, tmp_path, monkeypatch
):
    folder = tmp_path / "run"
    if older:
        shutil.copytree(run_folder, folder)
    before = sorted(folder.rglob("*"))

    def fail(*_):
        raise AdganError("no room")

    monkeypatch.setattr(Trainer, "step", fail)
    with pytest.raises(AdganError, match="no room"):
        train(images, folder, tiny(), device="cpu", overwrite=True)
    assert sorted(folder.rglob("*")) == before and folder.exists() == older


def test_a_run_that_takes_the_place_of_an_older_one_is_as_any_other(
    run_folder, tiny, images, tmp_path
):
    folder = tmp_path / "run"
    train(images, folder, tiny({"seed": 1, "schedule": {"check_every": 2}}), device="cpu")
    train(images, folder, tiny(), device="cpu", overwrite=True)
    assert losses_of(folder) == losses_of(run_folder)
    assert {p.name for p in folder.iterdir()} == {p.name for p in run_folder.iterdir()}


def test_a_new_run_that_was_killed_early_is_resumed_not_the_older_one(
    run_folder, tiny, images, tmp_path, stopping
):
    folder = tmp_path / "run"
    train(images, folder, tiny({"seed": 1}), device="cpu")
    with pytest.raises(Killed):
        again = stopping(1, kill)
        train(images, folder, tiny(), device="cpu", overwrite=True, watch=again)
    assert load(folder).recipe.seed == 1
    resume(folder, images, device="cpu")
    assert load(folder).recipe.seed == 0
    assert losses_of(folder) == losses_of(run_folder)


def test_one_folder_takes_one_training_at_a_time(run_folder, tiny, images, tmp_path):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    with claims():
        hold(folder)
        with pytest.raises(AdganError, match="another process is writing"):
            train(images, folder, tiny(), device="cpu", overwrite=True)
        with pytest.raises(AdganError, match="another process is writing"):
            resume(folder, images, device="cpu")
    load(folder)


def test_a_finished_run_without_its_state_is_not_trained_over(run_folder, images, tmp_path):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    (folder / STATE).unlink()
    before = (folder / WEIGHTS).read_bytes()
    with pytest.raises(AdganError, match="cannot be resumed without its state.safetensors"):
        resume(folder, images, device="cpu")
    assert (folder / WEIGHTS).read_bytes() == before


def test_a_run_that_was_stopped_before_its_verdict_gets_it_when_resumed(
    run_folder, tiny, images, tmp_path, monkeypatch
):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "examine", stop)
        with pytest.raises(KeyboardInterrupt):
            train(images, tmp_path / "run", tiny(), device="cpu")
    assert read_run(tmp_path / "run")["verdict"] is None
    resume(tmp_path / "run", images, device="cpu")
    assert read_run(tmp_path / "run")["verdict"] == read_run(run_folder)["verdict"]


def test_the_record_of_a_run_is_written_from_its_log_again(run_folder, images, tmp_path):
    shutil.copytree(run_folder, tmp_path / "run")
    names = ("recipe.json", CURVE)
    whole = [(tmp_path / "run" / name).read_text() for name in names]
    for name in names:
        (tmp_path / "run" / name).unlink()
    resume(tmp_path / "run", images, device="cpu")
    assert [(tmp_path / "run" / name).read_text() for name in names] == whole
