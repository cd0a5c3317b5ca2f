"""Options become a recipe: who wins, and what is estimated."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from adgan.cli.options import RecipeOptions, recipe_of
from adgan.errors import AdganError
from adgan.io import write_gray

SIZES = {"radius": (10, 15), "count": (5, 40)}


@pytest.fixture
def config(tmp_path):
    def write(**settings):
        path = tmp_path / "recipe.yaml"
        path.write_text(json.dumps(settings))
        return path

    return write


@pytest.fixture
def estimator(monkeypatch):
    """Stand-in for the estimate of sizes; notes what it was given."""
    seen = []

    def survey_inputs(images):
        seen.extend(image.pixels for image in images)
        sizes = SimpleNamespace(
            radius=(7.0, 10.0), median=8.0, count=(110.0, 130.0), note="A guess."
        )
        return SimpleNamespace(sizes=sizes)

    monkeypatch.setattr("adgan.survey.fit.survey_inputs", survey_inputs)
    return seen


def test_preset_then_config_then_like_then_flags(config):
    path = config(
        scene={"radius": [1, 2], "count": [3, 4], "contact": 0.5},
        schedule={"rate": 0.25, "steps": 7},
        network={"width": 3},
        seed=5,
    )
    options = RecipeOptions(preset="paper", config=path, like="hacat", count=(6, 8), steps=9)
    recipe = recipe_of(options, [])
    assert recipe.network.blocks == 4  # the preset's
    assert (recipe.network.width, recipe.seed, recipe.scene.contact) == (3, 5, 0.5)  # the file's
    assert recipe.schedule.rate == 0.25
    assert recipe.scene.radius == (20, 30)  # the data set's
    assert recipe.scene.count == (6, 8)  # the flag's
    assert (recipe.schedule.steps, recipe.schedule.minutes) == (9, None)


@pytest.mark.parametrize(
    ("file", "flag", "expected"),
    [
        ({}, {}, (None, 5)),
        ({"steps": None, "minutes": 2}, {}, (None, 2)),
        ({"steps": None, "minutes": 2}, {"steps": 3}, (3, None)),
        ({"steps": 3, "minutes": None}, {"minutes": 2}, (None, 2)),
        ({"steps": 3}, {"steps": 4}, (4, None)),
    ],
)
@pytest.mark.parametrize("preset", ["fast", "paper"])
def test_one_length_takes_the_place_of_the_other(config, preset, file, flag, expected):
    options = RecipeOptions(preset=preset, config=config(schedule=file), **SIZES, **flag)
    schedule = recipe_of(options, []).schedule
    if preset == "paper" and not file and not flag:
        expected = (10_000, None)
    assert (schedule.steps, schedule.minutes) == expected


def test_every_flag_reaches_the_recipe():
    options = RecipeOptions(**SIZES, task="semantic", seed=4, channel=2, frames=True, minutes=3)
    recipe = recipe_of(options, [])
    assert (recipe.task, recipe.seed, recipe.schedule.minutes) == ("semantic", 4, 3)
    assert (recipe.data.channel, recipe.data.frames) == (2, True)
    assert (recipe.scene.radius, recipe.scene.count) == (SIZES["radius"], SIZES["count"])


@pytest.mark.parametrize("given", [{}, {"radius": (8, 9)}, {"count": (3, 4)}, SIZES])
def test_only_what_is_missing_is_estimated(given, estimator, tmp_path, capsys):
    image = np.arange(48 * 40, dtype=np.uint16).reshape(48, 40)
    write_gray(tmp_path / "a.tif", image)
    scene = recipe_of(RecipeOptions(**given), [str(tmp_path)]).scene
    assert scene.radius == given.get("radius", (7, 9))
    assert scene.count == given.get("count", (110, 130))
    assert scene.refine == (not given)
    said = capsys.readouterr().err
    if given == SIZES:
        assert not estimator and not said
    else:
        np.testing.assert_array_equal(estimator[0], image)
        assert said.startswith("estimated from 1 images: ") and said.count("\n") == 1
        assert ("radius 7 to 9" in said) == ("radius" not in given)
        assert ("count 110 to 130" in said) == ("count" not in given)


def test_sizes_of_a_config_are_not_estimated(config):
    assert recipe_of(RecipeOptions(config=config(scene=SIZES)), []).scene.radius == (10, 15)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 1, "minutes": 1.0, **SIZES}, "one length"),
        ({"like": "cats"}, "'cats': choose one of hela"),
        ({}, "radius and count must be known"),
        ({"radius": (1, 2)}, "nuclear count must be known"),
        ({"radius": (9, 3), "count": (1, 2)}, "MIN <= MAX, not 9.0 3.0"),
        ({"radius": (80, 200), "count": (1, 2), "preset": "paper"}, "does not fit a crop of 256"),
        ({"steps": 0, **SIZES}, "these options: schedule.steps"),
        ({"minutes": -1.0, **SIZES}, "schedule.minutes"),
        ({"seed": -1, **SIZES}, "seed"),
        ({"channel": -1, **SIZES}, "data.channel"),
    ],
)
def test_mistakes_are_said(options, message):
    with pytest.raises(AdganError, match=message):
        recipe_of(RecipeOptions(**options), [])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nonsense": 1}, "recipe.yaml: nonsense"),
        ({"schedule": None}, "recipe.yaml: schedule is not a group of settings"),
        ({"scene": 3}, "recipe.yaml: scene is not a group of settings"),
        ({"network": 3}, "recipe.yaml: network"),
    ],
)
def test_mistakes_in_a_file_name_the_file(config, settings, message):
    with pytest.raises(AdganError, match=message):
        recipe_of(RecipeOptions(config=config(**settings)), [])
