import math
from dataclasses import replace

import numpy as np
import pytest

from adgan.synth.knobs import Knobs
from adgan.synth.layouts import Placed
from adgan.synth.stain import Stain, draw_stain, lit
from adgan.system.seeding import generator

EVEN = Stain(
    brightness=0.0, fine=(0.0, 1.0), coarse=(0.0, 1.0), nucleoli=0.0, chromocentres=0.0,
    strength=0.8, dome=0.0, half=0.0,
)  # fmt: skip
SHAPES = {2: (40, 44), 3: (40, 40, 44)}


def ball(ndim, radius=14.0):
    shape = SHAPES[ndim]
    apart = np.indices(shape) + 0.5 - 20
    return Placed(tuple(slice(0, n) for n in shape), (apart**2).sum(0) <= radius**2)


def lights(ndim=2, seed=0, number=1, **change):
    stain = replace(EVEN, **change)
    return lit(generator(seed), Knobs(), stain, [ball(ndim)] * number, 14.0, SHAPES[ndim])


@pytest.mark.parametrize("ndim", [2, 3])
def test_light_comes_from_inside_alone_and_is_1_where_nothing_changes_it(ndim):
    ((bright, light),) = lights(ndim)
    assert bright == 1 and light.dtype == np.float32
    assert np.array_equal(light, ball(ndim).inside.astype(np.float32))


def test_brightness_spreads_log_normally_and_multiplies_the_light():
    found = lights(number=500, brightness=0.5)
    logs = np.log([bright for bright, _ in found])
    assert logs.mean() == pytest.approx(0, abs=0.07) and logs.std() == pytest.approx(0.5, rel=0.07)
    assert all(light.max() == pytest.approx(bright) for bright, light in found[:20])


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("dome", [-0.5, 1.0])
def test_a_dome_rises_inwards_and_a_rim_outwards(ndim, dome):
    ((_, light),) = lights(ndim, dome=dome)
    middle = tuple(n // 2 for n in light.shape)
    profile = light[middle[:-1]][middle[-1] :]
    steps = np.diff(profile[profile > 0])
    assert len(steps) > 8 and (np.sign(dome) * steps <= 1e-6).all()


@pytest.mark.parametrize("ndim", [2, 3])
def test_texture_has_its_strength(ndim):
    ((_, light),) = lights(ndim, fine=(0.3, 1.5))
    assert np.log(light[light > 0]).std() == pytest.approx(0.3, rel=0.25)


@pytest.mark.parametrize("ndim", [2, 3])
def test_nucleoli_darken_and_chromocentres_brighten(ndim):
    inside = ball(ndim).inside
    ((_, dark),), ((_, bright),) = lights(ndim, nucleoli=5.0), lights(ndim, chromocentres=5.0)
    assert 0 <= dark[inside].min() < 0.4 and dark.max() <= 1
    assert bright.max() > 2 and bright[inside].min() >= 1
    assert (abs(dark - 1)[inside] > 0.2).mean() < 0.4


def test_a_nucleus_lit_from_one_side_is_dark_on_the_other():
    for seed in range(5):
        ((_, light),) = lights(seed=seed, half=0.9)
        values = light[light > 0]
        assert values.max() <= 1 and np.ptp(values) > 0.2


def test_nuclei_that_fill_their_frame_have_no_rim():
    whole = Placed((slice(0, 9), slice(0, 9)), np.ones((9, 9), bool))
    stain = replace(EVEN, dome=1.0)
    ((_, light),) = lit(generator(0), Knobs(), stain, [whole], 14.0, (9, 9))
    assert light.min() == light.max() > 1


def test_a_stain_is_drawn_within_the_knobs():
    knobs = Knobs()
    for seed in range(100):
        found = draw_stain(generator(seed), knobs, 10.0)
        assert knobs.brightness[0] <= found.brightness <= knobs.brightness[1]
        for strength, grain in (found.fine, found.coarse):
            assert 0 <= strength <= knobs.texture[1]
            assert 10 * knobs.grain[0] <= grain * (1 + 1e-9) <= 10 * knobs.grain[1] * (1 + 1e-9)
        assert found.fine[1] <= 10 * math.sqrt(math.prod(knobs.grain)) * (1 + 1e-9)
        assert found.half == 0 or knobs.half[0] <= found.half <= knobs.half[1]
