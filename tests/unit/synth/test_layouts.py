import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import cKDTree

from adgan.labels.labelmap import ball
from adgan.synth.knobs import Knobs
from adgan.synth.layouts import scattered
from adgan.synth.population import Population
from adgan.synth.tissue import packed
from adgan.system.seeding import generator

ROUND = Population(
    radius=7.0, spread=0.1, second=0.5, share=0.0, elongation=1.2,
    irregular=0.0, bend=0.0, lobed=0.0, mitotic=0.0,
)  # fmt: skip
KNOBS = Knobs()
APART = replace(KNOBS, chance=replace(KNOBS.chance, overlap=0.0, piled=0.0))
FIXED = {"gap": (0.0, 0.0), "lumen": (0.0, 0.0), "rounded": (0.12, 0.12), "reach": (1.6, 1.6)}
TISSUE = replace(APART, **FIXED)
PILED = replace(TISSUE, chance=replace(KNOBS.chance, piled=1.0), piled_overlap=(0.4, 0.4))
SHAPES = {2: (120, 130), 3: (40, 44, 48)}


def laid(layout, ndim=2, knobs=APART, seed=0, population=ROUND):
    return layout(generator(seed), knobs, population, SHAPES[ndim])


def cover(nuclei, shape):
    """How many nuclei cover each pixel."""
    count = np.zeros(shape, int)
    for nucleus in nuclei:
        count[nucleus.box] += nucleus.inside
    return count


def touching(nuclei, shape):
    """Share of the nuclei that have another within two pixels."""
    labels = np.zeros(shape, int)
    for label, nucleus in enumerate(nuclei, start=1):
        labels[nucleus.box][nucleus.inside] = label
    high = ndimage.maximum_filter(labels, 3)
    low = ndimage.minimum_filter(np.where(labels, labels, 10**6), 3)
    meets = (labels > 0) & ((high != labels) | (low != labels))
    return len(np.unique(labels[meets])) / len(nuclei)


@pytest.mark.parametrize("layout", [scattered, packed])
@pytest.mark.parametrize("ndim", [2, 3])
def test_nuclei_lie_in_their_boxes_and_share_no_pixel(layout, ndim):
    for seed in range(3):
        nuclei = laid(layout, ndim, seed=seed)
        assert nuclei and all(nucleus.inside.any() for nucleus in nuclei)
        assert cover(nuclei, SHAPES[ndim]).max() == 1


@pytest.mark.parametrize("layout", [scattered, packed])
@pytest.mark.parametrize("ndim", [2, 3])
def test_nuclei_are_about_as_large_as_their_population(layout, ndim):
    sizes = [n.inside.sum() for seed in range(3) for n in laid(layout, ndim, TISSUE, seed)]
    radius = (np.array(sizes) / ball(1.0, ndim)) ** (1 / ndim)
    assert 0.6 * 7 < np.quantile(radius, 0.75) < 1.35 * 7


@pytest.mark.parametrize("layout", [scattered, packed])
def test_a_layout_depends_on_its_generator_alone(layout):
    first, again, other = (cover(laid(layout, seed=k), SHAPES[2]) for k in (3, 3, 4))
    assert (first == again).all() and (first != other).any()


@pytest.mark.parametrize("ndim", [2, 3])
def test_packed_nuclei_mostly_touch(ndim):
    shares = [touching(laid(packed, ndim, TISSUE, k), SHAPES[ndim]) for k in range(3)]
    assert min(shares) > 0.9


def test_tissue_that_reaches_far_fills_the_plane():
    filled = [cover(laid(packed, 2, TISSUE, k), SHAPES[2]).mean() for k in range(3)]
    short = replace(TISSUE, reach=(0.85, 0.85))
    less = [cover(laid(packed, 2, short, k), SHAPES[2]).mean() for k in range(3)]
    assert min(filled) > 0.85 and max(less) < min(filled)


def test_a_gap_parts_what_touched():
    parted = replace(TISSUE, gap=(4.0, 4.0))
    assert touching(laid(packed, 2, parted), SHAPES[2]) < 0.1


def test_a_lumen_takes_whole_nuclei():
    open_, closed = (
        laid(packed, 2, replace(TISSUE, lumen=(share, share)), 1) for share in (0.5, 0.0)
    )
    whole = {(str(n.box), n.inside.tobytes()) for n in closed}
    assert 0 < len(open_) < 0.8 * len(closed)
    assert {(str(n.box), n.inside.tobytes()) for n in open_} <= whole


def test_every_piece_of_tissue_is_connected_before_it_is_rounded():
    pieces = [ndimage.label(nucleus.inside)[1] for nucleus in laid(packed, 2, TISSUE)]
    assert np.mean(np.array(pieces) == 1) > 0.95


def test_scattered_nuclei_cover_what_is_asked_for():
    for fill in (0.3, 0.6):
        knobs = replace(APART, fill=(fill, fill), contact=(0.0, 0.0))
        covered = cover(laid(scattered, 2, knobs), SHAPES[2]).mean()
        assert fill**2 <= covered < fill**2 + 0.02


def test_contact_makes_scattered_nuclei_touch():
    def share(contact):
        knobs = replace(APART, contact=(contact, contact), fill=(0.5, 0.5))
        return np.mean([touching(laid(scattered, 2, knobs, k), SHAPES[2]) for k in range(4)])

    assert share(0.9) > share(0.0) + 0.2


def test_overlap_is_bounded():
    chance = replace(KNOBS.chance, overlap=1.0)
    knobs = replace(KNOBS, chance=chance, overlap=(0.2, 0.2), fill=(0.8, 0.8))
    taken, shares = np.zeros(SHAPES[2], bool), []
    for nucleus in laid(scattered, 2, knobs):
        before = taken[nucleus.box] & nucleus.inside
        shares.append(before.sum() / nucleus.inside.sum())
        taken[nucleus.box] |= nucleus.inside
    assert 0.05 < max(shares) <= 0.2


def test_long_cells_of_tissue_point_as_their_neighbours_do():
    found = []
    for seed in range(3):
        long = laid(packed, 2, TISSUE, seed, replace(ROUND, elongation=3.0))
        places = [np.argwhere(n.inside) + [s.start for s in n.box] for n in long]
        places = [at for at in places if len(at) > 60]
        ways = np.array([np.linalg.eigh(np.cov(at.T))[1][:, 1] for at in places])
        middles = np.array([at.mean(0) for at in places])
        near = cKDTree(middles).query(middles, 2)[1][:, 1]
        found.append(abs((ways * ways[near]).sum(1)).mean())
    assert np.mean(found) > 0.75  # 2 / pi of directions drawn one by one


@pytest.mark.parametrize("ndim", [2, 3])
def test_piled_nuclei_lie_over_each_other_and_each_is_seen(ndim):
    for seed in range(3):
        nuclei = laid(packed, ndim, PILED, seed)
        shape = SHAPES[ndim]
        assert cover(nuclei, shape).max() > 1
        labels = np.zeros(shape, int)
        for label, nucleus in enumerate(nuclei, start=1):
            labels[nucleus.box][nucleus.inside] = label
        seen = np.bincount(labels.ravel(), minlength=len(nuclei) + 1)[1:]
        whole = np.array([nucleus.inside.sum() for nucleus in nuclei])
        assert (seen >= 0.6 * whole - 1e-9).all()


def test_piled_nuclei_are_about_as_large_as_their_reach():
    for reach in (0.8, 1.2):
        knobs = replace(PILED, piled=(reach, reach))
        sizes = [n.inside.sum() for seed in range(3) for n in laid(packed, 2, knobs, seed)]
        radius = np.sqrt(np.quantile(sizes, 0.75) / math.pi)
        assert 0.8 * 7 * reach < radius < 1.3 * 7 * reach


def test_a_lumen_takes_piled_nuclei_whole():
    open_tissue = replace(PILED, lumen=(0.5, 0.5))
    for seed in range(3):
        full, left = (laid(packed, 2, knobs, seed) for knobs in (PILED, open_tissue))
        assert 0 < len(left) < 0.8 * len(full)


def test_adherent_nuclei_lie_in_one_layer():
    flat = replace(ROUND, height=0.4)
    for seed in range(4):
        nuclei = scattered(generator(seed), APART, flat, (40, 90, 90))
        middles = [(n.box[0].start + n.box[0].stop) / 2 for n in nuclei]
        assert len(nuclei) > 2 and np.std(middles) < 0.3 * flat.radius
