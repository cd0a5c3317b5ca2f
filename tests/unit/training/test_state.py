"""What a training holds in memory is what its folder says, also once it goes on from before."""

import time

import pytest

from adgan.io import load_images
from adgan.recipe.recipe import read_recipe
from adgan.runs import CHECKS, CURVE, LOG, RECIPE
from adgan.runs.log import rewind, write_start
from adgan.runs.record import describe, read_run
from adgan.runs.tables import read_rows
from adgan.survey.inputs import survey_inputs
from adgan.training.ranks import gather
from adgan.training.state import RunState
from adgan.training.trainer import Trainer


@pytest.fixture
def ranks():
    with gather("cpu") as one:
        yield one


@pytest.fixture
def opened(tiny, images, tmp_path):
    """Begin a run, or go on with it, under a recipe."""
    loaded = load_images(images)

    def make(recipe):
        if (tmp_path / LOG).exists():
            past = rewind(tmp_path, Trainer.saved_step(tmp_path))
        else:
            past = write_start(tmp_path, recipe, describe(loaded))
        return RunState(tmp_path, past, loaded, survey_inputs(loaded), {}, time.monotonic())

    return make


def test_steps_are_counted_over_all_tries(opened, tiny, ranks):
    state = opened(tiny())
    state.begin(ranks)
    for rate in (1e-3, 1e-4):
        losses, _ = ranks.step(state.course.step, rate)
        state.add_step(losses, rate)
    assert state.step == 2 and [row["rate"] for row in state.course.curve] == [1e-3, 1e-4]
    assert state.row["step"] == 2 and state.row["left"] > 0
    assert state.best is None


def test_what_is_saved_is_what_a_training_goes_on_from(opened, tiny, ranks, tmp_path):
    state = opened(tiny())
    state.begin(ranks)
    state.add_step(ranks.step(0, 1e-3)[0], 1e-3)
    state.save(ranks.trainer)
    state.add_step(ranks.step(1, 1e-3)[0], 1e-3)  # not saved
    again = opened(tiny())
    assert again.step == 1 and again.course.curve[0]["rec"] == state.course.curve[0]["rec"]
    assert len(read_rows(tmp_path / CURVE)) == 1 and not (tmp_path / CHECKS).exists()


def test_a_run_is_taken_back_to_before_its_scenes_followed(
    opened, tiny, ranks, tmp_path, monkeypatch
):
    recipe = tiny({"scene": {"refine": True}})
    other = recipe.with_scene(radius=(9.0, 11.0), refine=False)
    monkeypatch.setattr("adgan.training.state.follow", lambda *_: (other, "smaller"))
    state = opened(recipe)
    state.begin(ranks)
    state.add_step(ranks.step(0, 1e-3)[0], 1e-3)
    assert state.follow(ranks.trainer.generator, ranks) == "smaller"
    assert state.recipe == other == read_recipe(tmp_path / RECIPE)
    assert read_run(tmp_path)["refined"]["step"] == 1
    assert ranks.batches.spec.radius[1] < 15 * recipe.scale
    assert opened(recipe).recipe == recipe == read_recipe(tmp_path / RECIPE)
    state = opened(recipe)
    state.begin(ranks)
    state.add_step(ranks.step(0, 1e-3)[0], 1e-3)
    state.follow(ranks.trainer.generator, ranks)
    state.save(ranks.trainer)
    assert opened(recipe).recipe == other


def test_entries_of_a_run_stand_beside_each_other(opened, tiny, tmp_path):
    state = opened(tiny())
    state.note(steps=3)
    state.note(seconds=1.5)
    about = read_run(tmp_path)
    assert about["steps"] == 3 and about["seconds"] == 1.5 and len(about["inputs"]) == 2
