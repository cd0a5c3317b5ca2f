import json

import pytest
import yaml

from adgan.errors import AdganError
from adgan.recipe.recipe import make_recipe, read_recipe

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
        ({"scene": SCENE | {"radius": (0, 10)}}, "scene.radius.0"),
        ({"scene": SCENE | {"eccentricity": (0.5, 1)}}, "eccentricity must be below 1"),
        ({"scene": {"count": (1, 2)}}, "scene.radius"),
        ({"scene": SCENE | {"radius": (5, float("nan"))}}, "scene.radius"),
        ({"data": {"crop": (64, 64, 64)}}, "needs 2 sides"),
        ({"data": {"crop": (64, 36)}}, "needs multiples of 8, 24 at least"),
        ({"data": {"percentiles": (50, 50)}}, "must rise within 0 to 100"),
        ({"data": {"ndim": 4}}, "data.ndim"),
        ({"data": {"spacing": (1, 0.5, 0.5)}}, "needs 2 numbers"),
        ({"data": {"spacing": (0, 0.5)}}, "data.spacing.0"),
        ({"schedule": {"steps": 5, "betas": (5, 5)}}, "schedule.betas.0"),
        ({"network": {"width": 10**9}}, "network.width"),
        ({"scene": SCENE | {"radius": (1e-6, 1)}}, "scene.radius.0"),
        ({"seed": 2**64}, "seed"),
        ({"schedule": {"steps": 5, "minutes": 5}}, "either `steps` or `minutes`"),
        ({"schedule": {}}, "either `steps` or `minutes`"),
        ({"seed": -1}, "seed"),
        ({"quality": {"confidence": {"outside": (0.6, 0.3)}}}, "MIN < MAX, not 0.6 0.3"),
        ({"quality": {"check": {"views": (3, 2)}}}, "quality.check.views.0"),
        ({"student": {"lesson": {"side": (10**9, 72)}}}, "student.lesson.side.0"),
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


def test_scale_brings_the_mean_radius_to_the_working_one():
    recipe = make(data={"working_radius": 10})
    assert recipe.scale == pytest.approx(0.8)
    assert recipe.working_radius(15) == pytest.approx(12)
    assert make(data={"working_radius": None}).scale == 1


def volume(**data):
    return make(data={"ndim": 3, "crop": (32, 32, 32), "working_radius": 5} | data)


def test_voxels_become_cubes_where_planes_are_dense_enough():
    recipe = volume(spacing=(0.5, 0.25, 0.25))
    assert recipe.scale == pytest.approx(0.4)
    assert recipe.working_spacing == (1, 1, 1)
    assert recipe.scales() == pytest.approx((0.8, 0.4, 0.4))
    assert recipe.scales((0.25, 0.25, 0.25)) == pytest.approx((0.4, 0.4, 0.4))
    assert recipe.scales((0.5, 0.5, 0.5)) == pytest.approx((0.8, 0.8, 0.8))


def test_planes_far_apart_are_kept_unless_asked_for():
    recipe = volume(spacing=(2.0, 0.25, 0.25))
    assert recipe.working_spacing == pytest.approx((3.2, 1, 1))
    assert recipe.scales() == pytest.approx((1, 0.4, 0.4))
    even = volume(spacing=(2.0, 0.25, 0.25), isotropic=True)
    assert even.working_spacing == (1, 1, 1)
    assert even.scales() == pytest.approx((3.2, 0.4, 0.4))


def test_without_spacing_voxels_are_cubes_and_files_do_not_matter():
    recipe = volume()
    assert recipe.scales((9.0, 1.0, 1.0)) == pytest.approx((0.4, 0.4, 0.4))


def test_the_recipe_at_the_working_size_changes_no_voxel():
    recipe = volume(spacing=(2.0, 0.25, 0.25))
    there = recipe.at_working_size()
    assert there.scale == pytest.approx(1)
    assert there.working_spacing == pytest.approx(recipe.working_spacing)
    assert there.scales() == pytest.approx((1, 1, 1))
    assert there.relative_spacing() == pytest.approx(recipe.working_spacing)


def test_a_recipe_of_before_takes_the_defaults():
    recipe = make()
    before = json.loads(recipe.to_json())
    del before["quality"], before["decoding"], before["student"]["lesson"]
    del before["schedule"]["restart_steps"], before["loss"]["bright_correlation"]
    assert make_recipe(before) == recipe


def test_a_run_with_a_setting_that_is_gone_can_be_read(tmp_path):
    settings = json.loads(make().to_json())
    settings["quality"]["confidence"]["contrast"] = 0.3
    settings["decoding"]["split"]["solidity"] = [0.94, 0.88]
    (tmp_path / "recipe.json").write_text(json.dumps(settings))
    assert read_recipe(tmp_path / "recipe.json") == make()
    settings["quality"] = 7
    (tmp_path / "recipe.json").write_text(json.dumps(settings))
    with pytest.raises(AdganError, match="recipe.json: quality: "):
        read_recipe(tmp_path / "recipe.json")


def test_settings_of_before_have_their_present_names(tmp_path):
    settings = json.loads(make().to_json())
    for group, former, present in (
        ("data", "rank", "ndim"),
        ("scene", "wobble", "irregularity"),
        ("network", "critic_width", "discriminator_width"),
        ("network", "plane_aspect", "plane_spacing_max"),
        ("schedule", "tries", "restarts"),
    ):
        settings[group][former] = settings[group].pop(present)
    settings["quality"]["verdict"] |= {"witness_side": 40.0, "witness_side_volumes": 12.0}
    settings["tiling"]["block"] |= {"compared_side": 1024, "compared_side_volumes": 128}
    (tmp_path / "recipe.json").write_text(json.dumps(settings))
    assert read_recipe(tmp_path / "recipe.json") == make()


def test_one_number_for_tiles_and_whole_images_as_before(tmp_path):
    settings = json.loads(make().to_json())
    del settings["tiling"]["whole"]
    settings["tiling"]["values"] = 2**20
    (tmp_path / "recipe.json").write_text(json.dumps(settings))
    assert read_recipe(tmp_path / "recipe.json").tiling.whole == (2**20, 2**20)


def test_a_recipe_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        make().seed = 4


def test_a_recipe_for_magnified_images_has_the_same_scenes():
    from adgan.models.build import build_scene

    recipe = make_recipe({"scene": {"radius": (20, 30), "count": (5, 15)}})
    there = recipe.magnified(3)
    assert there.scale == pytest.approx(recipe.scale / 3)
    assert recipe.magnified(recipe.scale).scale == pytest.approx(1)
    one, other = build_scene(recipe), build_scene(there)
    assert other.radius == pytest.approx(one.radius)
    for first, second in zip(one.count, other.count, strict=True):
        assert first / one.reference**2 == pytest.approx(second / other.reference**2)


def test_planes_need_volumes_and_equal_sides():
    scene = {"radius": (5, 8), "count": (5, 10)}
    with pytest.raises(AdganError, match="planes are of volumes"):
        make_recipe({"scene": scene, "network": {"planes": True}})
    volume = {"ndim": 3, "working_radius": 8}
    with pytest.raises(AdganError, match="equal sides"):
        make_recipe(
            {"scene": scene, "network": {"planes": True}, "data": {**volume, "crop": (32, 64, 64)}}
        )
    recipe = make_recipe(
        {"scene": scene, "network": {"planes": True}, "data": {**volume, "crop": (64, 64, 64)}}
    )
    assert (recipe.network_ndim, recipe.network_spacing) == (2, (1.0, 1.0))
