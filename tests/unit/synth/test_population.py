import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from adgan.labels.labelmap import ball
from adgan.synth.footprint import footprint
from adgan.synth.knobs import Knobs
from adgan.synth.population import (
    Population,
    draw_population,
    lobes_footprint,
    moved,
)
from adgan.system.seeding import generator

PLAIN = Population(
    radius=9.0, spread=0.0, second=0.5, share=0.0, elongation=1.0,
    irregular=0.0, bend=0.0, lobed=0.0, mitotic=0.0,
)  # fmt: skip
SHAPES = {2: (80, 80), 3: (80, 80, 80)}


def drawn(population, ndim, seed=0):
    """The whole map of one nucleus in the middle of a frame."""
    shape = SHAPES[ndim]
    nucleus = population.draw(generator(seed), ndim)
    box, inside = lobes_footprint(moved(nucleus, np.full(ndim, 40.0)), shape)
    covered = np.zeros(shape, bool)
    covered[box] = inside
    return covered


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("change", [{}, {"elongation": 3.0}, {"bend": 0.3, "elongation": 2.0}])
def test_a_radius_is_that_of_the_ball_of_equal_size_whatever_the_shape(ndim, change):
    for seed in range(3):
        covered = drawn(replace(PLAIN, **change), ndim, seed)
        assert covered.sum() == pytest.approx(ball(9.0, ndim), rel=0.06)


def test_radii_spread_log_normally_about_their_median():
    rng, population = generator(0), replace(PLAIN, spread=0.3)
    logs = np.log([population.draw_radius(rng) for _ in range(3000)])
    assert np.median(logs) == pytest.approx(math.log(9), abs=0.02)
    assert logs.std() == pytest.approx(0.3, rel=0.05)


def test_a_second_population_has_its_ratio_and_its_share():
    rng, population = generator(0), replace(PLAIN, share=0.25)
    radii = np.array([population.draw_radius(rng) for _ in range(3000)])
    assert set(np.unique(radii)) == {4.5, 9.0}
    assert (radii == 4.5).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_lobes_hang_together(ndim, seed):
    covered = drawn(replace(PLAIN, lobed=1.0), ndim, seed)
    assert ndimage.label(covered, np.ones((3,) * ndim))[1] == 1
    assert 0.4 < covered.sum() / ball(9.0, ndim) < 1.6


def test_lobed_nuclei_have_several_parts_and_others_one():
    assert {len(PLAIN.draw(generator(k), 2)) for k in range(9)} == {1}
    assert {len(replace(PLAIN, lobed=1.0).draw(generator(k), 2)) for k in range(30)} == {2, 3, 4}


@pytest.mark.parametrize("ndim", [2, 3])
def test_metaphase_plates_are_smaller_and_longer(ndim):
    plates = [replace(PLAIN, mitotic=1.0).draw(generator(k), ndim)[0] for k in range(20)]
    sizes = [np.prod(plate.axes) ** (1 / ndim) for plate in plates]
    assert sizes == pytest.approx([PLAIN.shapes.plate * 9] * 20)
    assert max(plate.axes.max() / plate.axes.min() for plate in plates) > 2


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_footprint_of_lobes_is_the_union_of_theirs(ndim):
    shape = SHAPES[ndim]
    for seed in range(4):
        nucleus = replace(PLAIN, lobed=1.0).draw(generator(seed), ndim)
        nucleus = moved(nucleus, np.full(ndim, 5.0))  # so that the frame cuts it
        covered, whole = np.zeros(shape, bool), np.zeros(shape, bool)
        box, inside = lobes_footprint(nucleus, shape)
        covered[box] = inside
        for lobe in nucleus:
            own, level = footprint(lobe, shape, (1.0,) * ndim)
            whole[own] |= level
        assert np.array_equal(covered, whole)


def test_a_population_is_drawn_within_the_knobs():
    knobs = Knobs()
    for seed in range(200):
        found = draw_population(generator(seed), knobs, packed=seed % 2 == 0)
        assert knobs.radius_wide[0] <= found.radius <= knobs.radius_wide[1]
        assert knobs.spread[0] <= found.spread <= knobs.spread[1]
        assert 1 <= found.elongation <= knobs.elongation_long[1]
        assert 0 <= found.irregular <= knobs.irregular[1]
        assert 0 <= found.bend <= knobs.bent[1]
        assert found.lobed <= 1 and found.mitotic <= knobs.mitotic[1]
        assert found.share == 0 or knobs.second_share[0] <= found.share <= knobs.second_share[1]
        assert found.shapes == knobs.shapes


def test_spindles_are_commoner_in_tissue():
    def long(packed):
        all_ = [draw_population(generator(seed), Knobs(), packed) for seed in range(300)]
        return np.mean([found.elongation > 1.9 for found in all_])

    assert long(True) > long(False) + 0.1


@pytest.mark.parametrize("height", [0.3, 0.6])
def test_adherent_nuclei_are_flat_along_z_and_as_large_as_others(height):
    flat = replace(PLAIN, height=height)
    for seed in range(3):
        covered = drawn(flat, 3, seed)
        assert covered.sum() == pytest.approx(ball(9.0, 3), rel=0.06)
        deep, down, across = (np.ptp(where) + 1 for where in np.nonzero(covered))
        assert deep / np.sqrt(down * across) == pytest.approx(height, rel=0.2)
        assert across / 2 == pytest.approx(flat.half_width, rel=0.1)
    lobes = replace(flat, lobed=1.0).draw(generator(0), 3)
    assert len({float(lobe.centre[0]) for lobe in lobes}) == 1


def test_only_scattered_nuclei_of_volumes_may_be_adherent():
    knobs = replace(Knobs(), chance=replace(Knobs().chance, adherent=1.0))
    for packed, ndim in ((False, 2), (True, 3)):
        assert draw_population(generator(0), knobs, packed, ndim).height is None
    found = draw_population(generator(0), knobs, False, 3)
    assert knobs.height[0] <= found.height <= knobs.height[1]
