import json

import pytest
import yaml

from adgan.errors import AdganError
from adgan.recipe import make_recipe, merged, read_recipe, read_settings

SCENE = {"radius": (10, 15), "count": (5, 10)}


def make(**groups):
    return make_recipe({"scene": SCENE} | groups)


@pytest.mark.parametrize(
    "groups, message",
    [
        ({"network": {"widht": 8}}, "network.widht"),
        ({"network": {"width": 0}}, "network.width"),
        ({"network": {"kernel": 4}}, "kernel must be odd, not 4"),
        ({"loss": {"cycle": -1}}, "loss.cycle"),
        ({"loss": {"adversarial": "hinge"}}, "loss.adversarial"),
        ({"scene": SCENE | {"radius": (15, 10)}}, "0 <= MIN <= MAX, not 15"),
        ({"scene": SCENE | {"radius": (0, 10)}}, "radius must be above 0"),
        ({"scene": SCENE | {"eccentricity": (0.5, 1)}}, "eccentricity must be below 1"),
        ({"scene": {"count": (1, 2)}}, "scene.radius"),
        ({"scene": SCENE | {"radius": (5, float("nan"))}}, "scene.radius"),
        ({"data": {"crop": (64, 64, 64)}}, "needs 2 sides"),
        ({"data": {"crop": (64, 36)}}, "multiples of 8, 32 at least"),
        ({"data": {"percentiles": (50, 50)}}, "must rise within 0 to 100"),
        ({"data": {"rank": 4}}, "data.rank"),
        ({"schedule": {"steps": 5, "minutes": 5}}, "either steps or minutes"),
        ({"schedule": {}}, "either steps or minutes"),
        ({"seed": -1}, "seed"),
        ({"colour": "red"}, "colour"),
        ({"data": {"crop": (32, 32)}, "scene": SCENE | {"radius": (1, 80)}}, "fit a crop of 32"),
    ],
)
def test_refused_in_one_line_that_names_the_setting(groups, message):
    with pytest.raises(AdganError) as caught:
        make_recipe({"scene": SCENE} | groups, "my.yaml")
    line = str(caught.value)
    assert line.startswith("my.yaml: ") and message in line and "\n" not in line


def test_every_fault_is_named():
    with pytest.raises(AdganError, match=r"network.width: .*; loss.cycle: "):
        make(network={"width": 0}, loss={"cycle": -1})


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_round_trip(suffix, tmp_path):
    recipe = make(seed=3, data={"crop": (32, 64), "working_radius": 7})
    path = tmp_path / f"recipe{suffix}"
    if suffix == ".json":
        path.write_text(recipe.to_json())
    else:
        path.write_text(yaml.safe_dump(json.loads(recipe.to_json())))
    assert read_recipe(path) == recipe


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2\n", "", "\tx: 1"])
def test_files_without_settings_are_refused(text, tmp_path):
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(AdganError, match=r"settings\.yaml") as caught:
        read_settings(tmp_path / "settings.yaml")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_one_that_is_no_text(tmp_path):
    with pytest.raises(AdganError, match="cannot be read"):
        read_settings(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(AdganError, match=r"bytes\.yaml"):
        read_settings(tmp_path / "bytes.yaml")


def test_later_settings_win_group_by_group():
    base = {"a": {"x": 1, "y": 2}, "b": 1}
    assert merged(base, {"a": {"y": 3}}, {"b": {"z": 4}}) == {"a": {"x": 1, "y": 3}, "b": {"z": 4}}
    assert base == {"a": {"x": 1, "y": 2}, "b": 1}


def test_scale_brings_the_mean_radius_to_the_working_one():
    recipe = make(data={"working_radius": 10})
    assert recipe.scale == pytest.approx(0.8)
    assert recipe.working_radius(15) == pytest.approx(12)
    assert make(data={"working_radius": None}).scale == 1


def test_a_recipe_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        make().seed = 4


def test_a_recipe_for_magnified_images_has_the_same_scenes():
    from adgan.build import build_scene

    recipe = make_recipe({"scene": {"radius": (20, 30), "count": (5, 15)}})
    there = recipe.magnified(3)
    assert there.scale == pytest.approx(recipe.scale / 3)
    assert recipe.magnified(recipe.scale).scale == pytest.approx(1)
    one, other = build_scene(recipe), build_scene(there)
    assert other.radius == pytest.approx(one.radius)
    for first, second in zip(one.count, other.count, strict=True):
        assert first / one.reference**2 == pytest.approx(second / other.reference**2)
