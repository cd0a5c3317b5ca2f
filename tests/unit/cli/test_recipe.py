"""The printed recipe is one that can be read."""

import yaml

from adgan.cli.recipe import lines_of
from adgan.recipe.presets import like, make_preset
from adgan.recipe.recipe import make_recipe
from adgan.survey.fit import fit_recipe
from adgan.synth.samples import simulated_sample


def test_the_printed_recipe_is_the_recipe():
    recipe = make_preset("paper", like("hela"), {"seed": 3, "data": {"channel": 1}})
    assert make_recipe(yaml.safe_load("\n".join(lines_of(recipe)))) == recipe


def test_without_images_the_default_is_printed_and_is_what_training_takes(run, tmp_path):
    code, out, err = run("recipe")
    assert (code, err) == (0, "")
    assert "radius: null" in out and "count: null" in out
    config = tmp_path / "recipe.yaml"
    config.write_text(out)
    assert run("recipe", "--config", config) == (0, out, "")
    images = [simulated_sample(images=1)[0][0]]
    assert fit_recipe(images, yaml.safe_load(out)) == fit_recipe(images)


def test_a_size_that_is_typed_is_not_left_open(run):
    out = run("recipe", "--radius", 5, 9)[1]
    assert "radius: [5.0, 9.0]" in out and "count: null" in out and "refine: false" in out


def test_every_setting_is_explained():
    for line in lines_of(make_preset("fast", like("hela"))):
        assert line.endswith(":") or len(line.split("  # ")[1]) > 5


def test_the_verb_prints_yaml_alone_that_train_can_use(run, tmp_path):
    code, out, err = run("recipe", "--like", "gowt1", "--steps", 12)
    assert (code, err) == (0, "")
    config = tmp_path / "recipe.yaml"
    config.write_text(out)
    assert run("recipe", "--config", config) == (0, out, "")
    assert "minutes: 3.0" in run("recipe", "--config", config, "--minutes", 3)[1]
