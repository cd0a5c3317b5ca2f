import numpy as np
import pytest

from adgan.models.build import build_generator
from adgan_bench.data import read_data
from adgan_bench.learners import make_example
from adgan_bench.pairs import draw_pair
from adgan_bench.results import Results
from adgan_bench.rivals.supervised import BACKGROUND
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.systems import METHODS


@pytest.mark.parametrize("name", ["unet", "transunet", "cgunet", "deepsynth", "squassh"])
def test_a_system_runs_from_data_to_scores(name, data_file, tmp_path):
    plan = Plan([name], 1, {"steps": 2}, "cpu")
    run_benchmark(plan, read_data(data_file), tmp_path / "out")
    (record,) = Results(tmp_path / "out").read()
    assert record["title"] == METHODS[name].title
    assert record["images"] == 1
    assert record["recipe"]["seed"] == 0
    if METHODS[name].kind == "two-stage":
        assert record["notes"]["steps"] == [1, 1]
    if METHODS[name].kind == "supervised":
        assert record["notes"]["labelled"] == 2


def test_a_pair_shows_one_scene_twice(tiny):
    recipe = tiny()
    image, labels = draw_pair(build_generator(recipe), recipe, 3)
    assert image.shape == labels.shape == (64, 64)
    assert labels.any()
    again = draw_pair(build_generator(recipe), recipe, 3)
    assert np.array_equal(image, again[0])
    assert not np.array_equal(labels, draw_pair(build_generator(recipe), recipe, 4)[1])


def test_an_unlabelled_band_is_not_learnt(data_file, tiny):
    (which,) = read_data(data_file)
    recipe = tiny()
    whole, inner = (make_example(recipe, which.seen[0], band) for band in (0, 10))
    cut = round(10 * recipe.scale)
    assert np.array_equal(inner.image, whole.image[cut:-cut, cut:-cut])
    assert whole.image.shape == whole.classes.shape
    assert (whole.classes != BACKGROUND).any()
