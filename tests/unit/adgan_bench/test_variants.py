import pytest

from adgan.errors import AdganError
from adgan.recipe.presets import make_preset
from adgan_bench.systems import METHODS
from adgan_bench.variants import EXPERIMENTS, base_of, vary


@pytest.fixture
def recipe():
    return make_preset("fast", {"scene": {"radius": (9, 13), "count": (10, 40)}})


def test_a_name_alone_changes_nothing(recipe):
    assert vary(recipe, "adgan") == recipe


def test_settings_are_set_multiplied_or_given_as_a_range(recipe):
    varied = vary(recipe, "adgan@loss.cycle=x0.5+loss.aligned=false+scene.count=3..6")
    assert varied.loss.cycle == recipe.loss.cycle / 2
    assert varied.loss.aligned is False
    assert varied.scene.count == (3, 6)
    assert vary(recipe, "adgan@umpire=false").umpire is False
    assert vary(recipe, "adgan@scene.count=x2").scene.count == (20, 80)


def test_settings_of_inner_groups_are_reached(recipe):
    name = "adgan@decoding.split.dip=x2+decoding.split.gain=0+quality.check.correlation=0.3"
    varied = vary(recipe, name)
    assert varied.decoding.split.dip == 2 * recipe.decoding.split.dip
    assert varied.decoding.split.gain == 0 and varied.quality.check.correlation == 0.3
    assert varied.decoding.merge == recipe.decoding.merge


@pytest.mark.parametrize(
    "name",
    [
        "adgan@loss.cycl=1",
        "adgan@cycle=1",
        "adgan@loss=1",
        "adgan@decoding.split=1",
        "adgan@decoding.splitt.dip=1",
        "adgan@loss.cycle.much=1",
        "adgan@loss.cycle",
        "adgan@loss.cycle=xy",
    ],
)
def test_a_variant_that_sets_nothing_is_refused(recipe, name):
    with pytest.raises(AdganError, match=name.split("=")[0]):
        vary(recipe, name)


def test_a_value_out_of_range_is_refused(recipe):
    with pytest.raises(AdganError, match=r"loss\.cycle"):
        vary(recipe, "adgan@loss.cycle=-1")


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_can_be_run(recipe, experiment):
    names = EXPERIMENTS[experiment]
    assert len(set(names)) == len(names)
    for name in names:
        assert base_of(name) in METHODS
        assert (vary(recipe, name) == recipe) == ("@" not in name)
