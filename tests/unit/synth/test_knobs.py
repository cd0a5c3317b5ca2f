import math
from dataclasses import fields, replace
from functools import cache

import pytest

from adgan.synth.chances import Chances, Limits
from adgan.synth.details import Shapes, Surroundings
from adgan.synth.knobs import Knobs
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

SHAPES = {2: (48, 56), 3: (24, 32, 36)}
GROUPS = {"": Knobs(), "shapes": Shapes(), "surroundings": Surroundings()}
RANGES = [
    (group, field.name)
    for group, knobs in GROUPS.items()
    for field in fields(knobs)
    if isinstance(getattr(knobs, field.name), tuple)
]
CHANCES = [field.name for field in fields(Chances)]
SEEDS = range(6)
VOLUMES_ONLY = {"flat", "adherent", "height", "axial", "dimming", "planes", "substrate"}
BY_RATIO = {"radius", "radius_wide", "snr", "levels", "grain", "cloud", "planes"}
LOG_NORMAL = {"ghost_light", "speck_light", "fibre_light", "wall_light"}

# Everything is there at once, so that every range is drawn from: scattered nuclei, or tissue of
# nuclei over each other, or side by side. Clouds need a scene without nuclei.
ALL = replace(Chances(**dict.fromkeys(CHANCES, 1.0)), empty=0.0, dark=0.0, wide=0.0)
BASES = [replace(ALL, packed=0.0, long=0.0), replace(ALL, packed=0.0, wide=1.0), ALL]
BASES += [replace(ALL, piled=0.0, sine=0.0), replace(ALL, empty=1.0)]


@cache
def taken(knobs, ndim, seed):
    scene = random_scene(generator(seed), SHAPES[ndim], knobs)
    return scene.image.tobytes(), scene.labels.tobytes()


def differ(ones, others, ndim):
    """Whether any of a few pairs of knobs give different scenes."""
    return any(
        taken(one, ndim, seed) != taken(other, ndim, seed)
        for seed in SEEDS
        for one, other in zip(ones, others, strict=True)
    )


@pytest.mark.parametrize("name", CHANCES)
def test_every_chance_decides_whether_something_is_there(name):
    ndim = 3 if name in VOLUMES_ONLY else 2
    bases = [ALL, replace(ALL, packed=0.0), replace(ALL, empty=1.0)]

    def with_chance(value):
        return [Knobs(chance=replace(base, **{name: value})) for base in bases]

    assert differ(with_chance(0.0), with_chance(1.0), ndim)


@pytest.mark.parametrize(("group", "name"), RANGES)
def test_every_range_is_drawn_from(group, name):
    ndim = 3 if name in VOLUMES_ONLY else 2
    low, high = getattr(GROUPS[group], name)
    middle = (low + high) // 2 if isinstance(low, int) else (low + high) / 2
    change = {name: (low, middle)}
    if group:
        change = {group: replace(GROUPS[group], **change)}
    bases = [Knobs(chance=base) for base in BASES]
    assert differ(bases, [replace(base, **change) for base in bases], ndim)


@pytest.mark.parametrize("name", CHANCES)
def test_chances_are_shares(name):
    assert 0 <= getattr(Chances(), name) <= 1


@pytest.mark.parametrize(("group", "name"), RANGES)
def test_ranges_rise_and_those_drawn_by_ratio_are_above_zero(group, name):
    low, high = getattr(GROUPS[group], name)
    assert math.isfinite(low) and math.isfinite(high)
    assert high > (0 if name in LOG_NORMAL else low)
    assert low > 0 or name not in BY_RATIO


def test_shares_of_padding_make_a_whole():
    assert sum(Limits().padding) == pytest.approx(1) and min(Limits().padding) >= 0


@pytest.mark.parametrize("kind", [Knobs, Chances, Limits, Shapes, Surroundings])
def test_every_knob_is_explained(kind):
    words = set(kind.__doc__.replace(",", " ").split())
    assert {field.name for field in fields(kind)} <= words


def test_a_knob_is_a_value_that_nobody_changes():
    with pytest.raises(AttributeError):
        Knobs().radius = (1.0, 2.0)
    assert Knobs() == Knobs() and hash(Knobs()) == hash(Knobs())
