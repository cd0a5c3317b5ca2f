from dataclasses import fields, replace

import numpy as np
import pytest

from adgan.synth.camera import add_background, add_noise, export, expose, pad
from adgan.synth.chances import Chances
from adgan.synth.knobs import Knobs
from adgan.system.seeding import generator

NONE = Chances(**dict.fromkeys((field.name for field in fields(Chances)), 0.0))
CLEAN = Knobs(chance=NONE, background=(0.0, 0.0), shot=(0.0, 0.0), levels=(6e4, 6e4))
SHAPES = {2: (70, 80), 3: (24, 40, 44)}


def with_only(name, **ranges):
    return replace(CLEAN, chance=replace(NONE, **{name: 1.0}), **ranges)


def square(ndim=2):
    light = np.zeros(SHAPES[ndim], np.float32)
    light[tuple(slice(n // 4, n // 2) for n in light.shape)] = 1
    return light


def backed(knobs, light, seed=0):
    return add_background(generator(seed), knobs, light, 8.0)


@pytest.mark.parametrize(("snr", "shot"), [(5.0, 0.3), (20.0, 1.0), (2.0, 0.0)])
@pytest.mark.parametrize("level", [0.5, 1.0, 3.0])
def test_variances_of_shot_and_readout_noise_add_up(snr, shot, level):
    image = add_noise(generator(0), np.full((300, 300), level, np.float32), snr, shot)
    assert image.mean() == pytest.approx(level, abs=0.01 + 0.02 / snr)
    share = max(shot, 0.01)
    assert image.var() == pytest.approx((share * level + 1 - shot) / snr**2, rel=0.03)


def test_the_light_of_a_usual_nucleus_has_the_snr_asked_for():
    image = add_noise(generator(0), np.ones((300, 300), np.float32), 10.0, 0.5)
    assert 1 / image.std() == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize("ndim", [2, 3])
def test_without_chances_the_background_is_a_constant(ndim):
    assert np.array_equal(backed(CLEAN, square(ndim)), square(ndim))
    lit = backed(replace(CLEAN, background=(0.8, 0.8)), square(ndim))
    assert lit - square(ndim) == pytest.approx(0.64)


@pytest.mark.parametrize("ndim", [2, 3])
def test_haze_moves_light_away_and_loses_little_of_it(ndim):
    light = square(ndim)
    hazy = backed(with_only("haze", haze=(0.4, 0.4), haze_reach=(1.5, 1.5)), light)
    assert hazy.sum() == pytest.approx(light.sum(), rel=0.05)
    assert hazy[light == 0].sum() > 0.1 * light.sum() and hazy.max() < 1


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("name", ["cytoplasm", "debris"])
def test_what_is_not_labelled_adds_light(ndim, name):
    knobs = with_only(name, cytoplasm=(0.4, 0.4), debris=(3.0, 3.0))
    more = np.mean([backed(knobs, square(ndim), seed) for seed in range(4)], axis=0) - square(ndim)
    assert more.min() > -1e-6 and more.max() > 0.05


def test_uneven_light_is_slow_and_a_factor():
    light = np.ones(SHAPES[2], np.float32)
    uneven = backed(with_only("uneven", uneven=(0.8, 0.8)), light)
    assert uneven.min() >= 0.1 and np.ptp(uneven) > 0.3
    assert abs(np.diff(uneven, axis=0)).max() < 0.1
    twice = backed(with_only("uneven", uneven=(0.8, 0.8)), 2 * light)
    assert twice == pytest.approx(2 * uneven)


@pytest.mark.parametrize("ndim", [2, 3])
def test_stripes_run_along_one_of_the_last_two_axes(ndim):
    for seed in range(6):
        found = backed(with_only("stripes", stripes=(0.5, 0.5)), np.ones_like(square(ndim)), seed)
        flat = [np.ptp(found, axis=axis).max() < 1e-6 for axis in range(ndim)]
        assert sum(flat) == ndim - 1 and not (flat[-1] and flat[-2])


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_an_exposure_keeps_the_shape_and_lies_between_0_and_1(ndim, seed):
    every = Knobs(chance=Chances(**dict.fromkeys((f.name for f in fields(Chances)), 1.0)))
    image = expose(generator(seed), every, square(ndim), 10.0)
    assert image.shape == SHAPES[ndim] and image.dtype == np.float32
    assert image.min() >= 0 and image.max() <= 1 and image.std() > 0


def test_an_export_keeps_the_order_of_gray_levels():
    image = generator(0).normal(size=4000)
    order = np.argsort(image)
    for name in ("gamma", "saturated", "empty"):
        assert (np.diff(export(generator(1), with_only(name), image)[order]) >= 0).all()


def test_an_export_asks_for_no_unit():
    image = generator(0).normal(size=(30, 30))
    for seed in range(3):
        one, other = (export(generator(seed), Knobs(), i) for i in (image, 7 * image + 1000))
        assert one == pytest.approx(other, abs=0.03)


def test_gray_levels_are_as_many_as_asked_for():
    ramp = np.linspace(0, 1, 5000)
    for levels in (48, 255):
        found = export(generator(0), replace(CLEAN, levels=(levels, levels)), ramp)
        assert len(np.unique(found)) == levels + 1


def test_saturation_cuts_its_share_of_the_range():
    found = export(
        generator(0), with_only("saturated", saturated=(0.3, 0.3)), np.linspace(0, 1, 1001)
    )
    assert (found == 1).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("ndim", [2, 3])
def test_jpeg_changes_little_at_high_quality_and_more_at_low(ndim):
    image = square(ndim)

    def off(quality):
        return abs(export(generator(0), with_only("jpeg", jpeg=(quality, quality)), image) - image)

    assert 0 < off(95).mean() < off(25).mean() < 0.1


@pytest.mark.parametrize("ndim", [2, 3])
def test_padding_is_constant_and_leaves_the_rest(ndim):
    for seed in range(5):
        image = generator(seed, "image").random(SHAPES[ndim]).astype(np.float32)
        before = image.copy()
        inside = pad(generator(seed), Knobs(), image)
        assert 0 < inside.sum() < inside.size
        assert len(np.unique(image[~inside])) == 1
        assert np.array_equal(image[inside], before[inside])


def test_jpeg_keeps_white_white():
    knobs = with_only("jpeg", jpeg=(95.0, 95.0), levels=(48.6, 48.6))
    white = export(generator(0), knobs, square())[square() == 1]
    assert white.min() > 0.9
