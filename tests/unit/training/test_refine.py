import numpy as np
import pytest

from adgan.recipe.groups import SceneSettings
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator
from adgan.training.follow import refine

TRUE = SceneSpec(radius=(10, 16), count=(32, 40), eccentricity=(0.4, 0.7))


@pytest.fixture(scope="module")
def maps():
    return [render(sample_scene(generator(0, "refine", k), TRUE, (300, 300))) for k in range(4)]


@pytest.mark.parametrize("radius", [(8, 12), (14, 21)])
def test_scenes_follow_the_masks(maps, radius):
    found = refine(SceneSettings(radius=radius, count=(1, 60)), maps)
    # From the 10th to the 90th percentile of a range drawn uniformly.
    assert found["radius"] == pytest.approx((10.6, 15.4), rel=0.08)
    assert 0.35 < found["eccentricity"][0] < 0.6 < found["eccentricity"][1] < 0.75
    assert np.mean(found["count"]) == pytest.approx(36, rel=0.2)


def test_too_few_nuclei_change_nothing(maps):
    scene = SceneSettings(radius=(9, 13), count=(1, 60))
    kept = {"radius": scene.radius, "count": scene.count, "eccentricity": scene.eccentricity}
    assert refine(scene, [np.where(maps[0] < 9, maps[0], 0)]) == kept
    assert refine(scene, [np.zeros((50, 50), int)]) == kept


def test_masks_of_an_unlikely_size_change_nothing(maps):
    scene = SceneSettings(radius=(40, 60), count=(1, 60))
    assert refine(scene, maps)["radius"] == scene.radius


def test_scenes_that_are_right_stay(maps):
    scene = SceneSettings(radius=(11, 16), count=(25, 45))
    assert refine(scene, maps)["radius"] == scene.radius
