from dataclasses import replace

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.inputs import check_fits, describe_spacing, describe_thin, read_inputs, settle
from adgan.presets import make_preset
from adgan.synth.samples import simulated_sample

SCENE = {"radius": (10, 15), "count": (8, 20)}


@pytest.fixture
def volumes():
    """A recipe for volumes and one, read with its voxel size."""
    ((pixels, _, spacing),) = simulated_sample("nuclei3d", images=1)
    recipe = make_preset("fast", {"scene": SCENE, "data": {"rank": 3}})
    return recipe, read_inputs([pixels], recipe, spacing), spacing


def test_what_a_recipe_leaves_open_is_taken_from_volumes(volumes):
    recipe, loaded, spacing = volumes
    settled = settle(recipe, loaded)
    assert settled.data.spacing == spacing
    assert 0.7 < settled.data.elongation < 1.6
    assert settle(settled, loaded) == settled


def test_what_a_recipe_states_stays(volumes):
    recipe, loaded, _ = volumes
    data = recipe.data.model_copy(update={"spacing": (1.0, 1.0, 1.0), "elongation": 2.0})
    stated = recipe.model_copy(update={"data": data})
    assert settle(stated, loaded) == stated


def test_images_are_left_alone():
    recipe = make_preset("fast", {"scene": SCENE})
    loaded = read_inputs([np.arange(400).reshape(20, 20)], recipe)
    assert settle(recipe, loaded) is recipe


def test_another_rank_is_refused(volumes):
    recipe, *_ = volumes
    with pytest.raises(AdganError, match="2 axes and the recipe is for volumes"):
        read_inputs([np.arange(400).reshape(20, 20)], recipe)


def test_voxels_that_are_rescaled_are_named():
    run = (2.0, 0.5, 0.5)
    assert describe_spacing("abc", [run, None, (2.001, 0.5, 0.5)], run) == []
    other = (1.0, 0.5, 0.5)
    (line,) = describe_spacing("abc", [run, other, other], run)
    assert line.startswith("b and 1 more: voxels of 1 x 0.5 x 0.5 um are brought to those of 2 x")
    assert describe_spacing("a", [run], None) == []


def test_volumes_thinner_than_the_network_reaches_are_named(volumes):
    recipe, loaded, _ = volumes
    settled = settle(recipe, loaded)
    flat = replace(loaded[0], pixels=loaded[0].pixels[:4], name="flat")
    assert describe_thin(settled, loaded) == []
    (line,) = describe_thin(settled, [*loaded, flat])
    assert line.startswith("flat: thinner than the 16 working pixels")


def test_nuclei_larger_than_all_images_are_a_slip():
    recipe = make_preset("fast", {"scene": {"radius": (900, 901), "count": (1, 2)}})
    loaded = read_inputs([np.eye(64)], recipe)
    with pytest.raises(AdganError, match="radius 900 px are larger than all images, of 64 px"):
        check_fits(recipe, loaded)
    check_fits(recipe, read_inputs([np.eye(1000)], recipe))


def test_images_enlarged_beyond_memory_are_refused(monkeypatch):
    recipe = make_preset("fast", {"scene": {"radius": (0.5, 0.5), "count": (1, 2)}})
    loaded = read_inputs([np.eye(100)], recipe)
    check_fits(recipe, loaded)
    monkeypatch.setattr("adgan.peak.available", lambda: 2.0**26)
    with pytest.raises(AdganError, match="enlarged to 2200 x 2200, needs .* check --radius"):
        check_fits(recipe, loaded)
