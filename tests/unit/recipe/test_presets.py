import pytest

from adgan.errors import AdganError
from adgan.recipe.presets import LIKE, like, make_preset


def test_the_papers_values():
    recipe = make_preset("paper", like("hela"))
    network, loss, data, schedule = recipe.network, recipe.loss, recipe.data, recipe.schedule
    assert (network.width, network.discriminator_width, network.blocks, network.kernel) == (
        64,
        64,
        4,
        7,
    )
    assert not network.smooth and network.styled_encoder
    assert (loss.reconstruction, loss.content, loss.cycle) == (20, 1, 20)
    assert loss.aligned and loss.history == 50 and not loss.noise
    assert data.crop == (256, 256) and data.batch == 8 and data.working_radius is None
    assert data.percentiles == (0, 100) and data.gamma == 1  # min-max, 5.3.1
    assert (schedule.steps, schedule.rate, schedule.betas) == (10_000, 2e-4, (0.5, 0.99))
    assert schedule.decay == 1e-4
    assert recipe.scene.eccentricity == (0.25, 0.75)
    assert recipe.scale == 1


@pytest.mark.parametrize(
    "name, radius, count",
    [("hela", (13, 18), (5, 40)), ("hacat", (20, 30), (5, 15)), ("simplus", (23, 35), (5, 13))],
)
def test_sizes_of_table_9(name, radius, count):
    scene = make_preset("paper", like(name)).scene
    assert (scene.radius, scene.count) == (radius, count)


@pytest.mark.parametrize("name", LIKE)
@pytest.mark.parametrize("preset", ["fast", "paper"])
def test_every_set_fits_every_preset(name, preset):
    make_preset(preset, like(name))


def test_an_unknown_set_is_refused_with_the_known_ones():
    with pytest.raises(AdganError, match="'helo': choose one of hela, "):
        like("helo")


@pytest.mark.parametrize("preset", ["fast", "paper"])
@pytest.mark.parametrize("length", [{"steps": 7}, {"minutes": 7.0}])
def test_a_length_replaces_the_presets(preset, length):
    schedule = make_preset(preset, like("hela"), {"schedule": length}).schedule
    assert {"steps": schedule.steps, "minutes": schedule.minutes} == (
        {"steps": None, "minutes": None} | length
    )


def test_the_last_length_wins():
    over = [{"schedule": {"minutes": 3}}, {"schedule": {"steps": 9}}]
    assert make_preset("fast", like("hela"), *over).schedule.steps == 9
    assert make_preset("fast", like("hela"), *over[::-1]).schedule.minutes == 3


def test_settings_laid_over_win_and_faults_name_their_source():
    assert make_preset("fast", like("hela"), {"network": {"width": 5}}).network.width == 5
    with pytest.raises(AdganError, match=r"^run\.yaml: network\.width"):
        make_preset("fast", like("hela"), {"network": {"width": 0}}, source="run.yaml")
    with pytest.raises(AdganError, match=r"scene"):
        make_preset("fast")
