from dataclasses import replace

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import ReadOptions, load_images, write_gray
from adgan.recipe.presets import make_preset
from adgan.survey import inputs
from adgan.survey.inputs import (
    check_fits,
    describe_spacing,
    describe_thin,
    open_inputs,
    read_inputs,
    settle,
    survey_inputs,
)
from adgan.synth.samples import simulated_sample

SCENE = {"radius": (10, 15), "count": (8, 20)}


@pytest.fixture
def volumes():
    """A recipe for volumes and one, read with its voxel size."""
    ((pixels, _, spacing),) = simulated_sample("nuclei3d", images=1)
    recipe = make_preset("fast", {"scene": SCENE, "data": {"ndim": 3}})
    return recipe, load_images([pixels], ReadOptions(spacing=spacing)), spacing


def test_what_a_recipe_leaves_open_is_taken_from_volumes(volumes):
    recipe, loaded, spacing = volumes
    settled = settle(recipe, loaded, survey_inputs(loaded))
    assert settled.data.spacing == spacing
    assert 0.7 < settled.data.elongation < 1.6
    assert settle(settled, loaded, survey_inputs(loaded)) == settled


def test_what_a_recipe_states_stays(volumes):
    recipe, loaded, _ = volumes
    data = recipe.data.model_copy(update={"spacing": (1.0, 1.0, 1.0), "elongation": 2.0})
    stated = recipe.model_copy(update={"data": data})
    assert settle(stated, loaded, survey_inputs(loaded)) == stated


def test_images_are_left_alone():
    recipe = make_preset("fast", {"scene": SCENE})
    loaded, _ = read_inputs([np.arange(400).reshape(20, 20)], recipe)
    assert settle(recipe, loaded, survey_inputs(loaded)) is recipe


def test_another_ndim_is_refused(volumes):
    recipe, *_ = volumes
    with pytest.raises(AdganError, match="2 axes, but the recipe is for volumes"):
        read_inputs([np.arange(400).reshape(20, 20)], recipe)


def test_of_many_images_as_many_are_read_as_can_be_held(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    recipe, said = make_preset("fast", {"scene": SCENE}), []
    for number in range(12):
        pixels = rng.integers(1, 99, (20, 30), dtype=np.uint16)
        write_gray(tmp_path / f"{number:02d}.tif", pixels)
    assert len(read_inputs(tmp_path, recipe, note=said.append)[0]) == 12 and said == []
    half = replace(inputs.INPUTS, bytes_max=12 * 20 * 30)  # of the bytes
    monkeypatch.setattr(inputs, "INPUTS", half)
    some, _ = read_inputs(tmp_path, recipe, note=said.append)
    assert [image.name for image in some] == ["00", "02", "04", "06", "08", "10"]
    assert said == ["6 evenly spaced images are read: training would not use more"]
    monkeypatch.setattr(inputs, "INPUTS", replace(inputs.INPUTS, bytes_max=1))
    assert len(read_inputs(tmp_path, recipe)[0]) == inputs.INPUTS.images_min


def test_what_cannot_be_trained_on_is_left_out(tmp_path):
    recipe, said = make_preset("fast", {"scene": SCENE}), []
    write_gray(tmp_path / "good.tif", np.arange(600, dtype=np.uint16).reshape(20, 30))
    write_gray(tmp_path / "blank.tif", np.zeros((20, 30), np.uint16))
    (tmp_path / "letter.tif").write_text("a letter")
    assert [i.name for i in read_inputs(tmp_path, recipe, note=said.append)[0]] == ["good"]
    assert all(line.startswith("left out: ") for line in said) and len(said) == 2
    with pytest.raises(AdganError, match="letter.tif"):
        read_inputs(tmp_path, recipe, strict=True)
    (tmp_path / "letter.tif").unlink()
    with pytest.raises(AdganError, match="blank.tif"):
        read_inputs(tmp_path, recipe, strict=True)


def test_a_run_that_goes_on_reads_what_it_was_started_with(tmp_path, monkeypatch):
    recipe = make_preset("fast", {"scene": SCENE})
    for number in range(12):
        pixels = np.arange(600, dtype=np.uint16).reshape(20, 30)
        write_gray(tmp_path / f"{number:02}.tif", pixels)
    (tmp_path / "00.tif").write_text("being written")
    monkeypatch.setattr(inputs, "INPUTS", replace(inputs.INPUTS, bytes_max=1))
    loaded, left_out = read_inputs(tmp_path, recipe)
    assert "00" in left_out and len(loaded) + len(left_out) == 12
    write_gray(tmp_path / "00.tif", pixels)
    again, lost = read_inputs(tmp_path, recipe, without=left_out)
    assert [i.name for i in again] == [i.name for i in loaded] and lost == []
    (tmp_path / f"{loaded[0].name}.tif").write_text("damaged since")
    _, lost = read_inputs(tmp_path, recipe, without=left_out)
    assert lost == [loaded[0].name]


def test_what_a_recipe_says_of_files_is_followed_unless_something_else_is_said(tmp_path):
    pixels = np.arange(4 * 2 * 600, dtype=np.uint16).reshape(4, 2, 20, 30)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="minisblack")
    data = {"axes": "TCYX", "frames": True, "channel": 1}
    recipe = make_preset("fast", {"scene": SCENE, "data": data})
    assert [e.name for e in open_inputs(tmp_path, recipe).entries][-1] == "a_t0004"
    assert np.array_equal(read_inputs(tmp_path, recipe)[0][2].pixels, pixels[2, 1])
    assert len(open_inputs(tmp_path, recipe, ReadOptions(axes="CTYX"))) == 2


def test_voxels_that_are_rescaled_are_named():
    run = (2.0, 0.5, 0.5)
    assert describe_spacing("abc", [run, None, (2.001, 0.5, 0.5)], run) == []
    other = (1.0, 0.5, 0.5)
    (line,) = describe_spacing("abc", [run, other, other], run)
    assert line.startswith(
        "b and 1 more: voxels of 1 x 0.5 x 0.5 um are rescaled to the run's voxels of 2 x"
    )
    assert describe_spacing("a", [run], None) == []


def test_volumes_thinner_than_the_network_reaches_are_named(volumes):
    recipe, loaded, _ = volumes
    settled = settle(recipe, loaded, survey_inputs(loaded))
    flat = replace(loaded[0], pixels=loaded[0].pixels[:4], name="flat")
    assert describe_thin(settled, loaded) == []
    (line,) = describe_thin(settled, [*loaded, flat])
    assert line.startswith("flat: thinner than the network's minimum of 16 working pixels")


def test_nuclei_larger_than_all_images_are_a_slip():
    recipe = make_preset("fast", {"scene": {"radius": (900, 901), "count": (1, 2)}})
    loaded, _ = read_inputs([np.eye(64)], recipe)
    with pytest.raises(
        AdganError, match="radius 900 px are larger than all images, which have at most 64 px"
    ):
        check_fits(recipe, loaded)
    check_fits(recipe, read_inputs([np.eye(1000)], recipe)[0])


def test_images_enlarged_beyond_memory_are_refused(monkeypatch):
    recipe = make_preset("fast", {"scene": {"radius": (0.5, 0.5), "count": (1, 2)}})
    loaded, _ = read_inputs([np.eye(100)], recipe)
    check_fits(recipe, loaded)
    monkeypatch.setattr("adgan.system.peak.available", lambda: 2.0**26)
    with pytest.raises(AdganError, match="enlarged to 2200 x 2200, needs .* check the radius"):
        check_fits(recipe, loaded)
