import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from adgan.synth.footprint import footprint
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

SPEC = SceneSpec(radius=(6, 9), count=(10, 20), reference=128.0)
SPEC_3D = SceneSpec(radius=(4, 6), count=(20, 30), reference=40.0)
FRAMES = [(SPEC, (128, 100)), (SPEC_3D, (24, 40, 36))]


def coverage(scene):
    """How many nuclei cover each pixel."""
    count = np.zeros(scene.shape, int)
    for nucleus in scene.nuclei:
        box, inside = footprint(nucleus, scene.shape, scene.spacing)
        count[box] += inside
    return count


def touching(scene):
    """Share of the labels that have another one next to them."""
    labels = render(scene)
    near = ndimage.maximum_filter(labels, 3)
    far = ndimage.minimum_filter(np.where(labels, labels, 65535), 3)
    meets = (labels > 0) & ((near != labels) | (far != labels))
    return len(np.unique(labels[meets])) / len(np.unique(labels[labels > 0]))


@pytest.mark.parametrize(("spec", "shape"), FRAMES)
def test_sizes_and_eccentricities_are_in_range(spec, shape):
    for nucleus in sample_scene(generator(0), spec, shape).nuclei:
        major, *minor = nucleus.axes
        assert spec.radius[0] <= major <= spec.radius[1]
        eccentricity = np.sqrt(1 - (np.array(minor) / major) ** 2)
        assert len(minor) == len(shape) - 1
        assert ((eccentricity >= 0.25 - 1e-9) & (eccentricity <= 0.75 + 1e-9)).all()


def test_minor_axis_follows_equation_8():
    scene = sample_scene(generator(0), replace(SPEC, eccentricity=(0.6, 0.6)), (128, 128))
    for nucleus in scene.nuclei:
        assert nucleus.axes[1] == pytest.approx(math.sqrt(1 - 0.6**2) * nucleus.axes[0])


@pytest.mark.parametrize(("spec", "shape"), FRAMES)
def test_rotation_is_orthogonal(spec, shape):
    for nucleus in sample_scene(generator(0), spec, shape).nuclei:
        assert nucleus.rotation.T @ nucleus.rotation == pytest.approx(np.eye(len(shape)))


def test_every_direction_is_as_likely():
    spec = SceneSpec(radius=(1, 1), count=(3000, 3000), reference=40.0, overlap=1.0)
    turns = np.array([n.rotation for n in sample_scene(generator(0), spec, (40, 40, 40)).nuclei])
    # Of a uniform direction each coordinate has mean 0 and mean square 1/3.
    assert turns.mean(0) == pytest.approx(np.zeros((3, 3)), abs=0.05)
    assert (turns**2).mean(0) == pytest.approx(np.full((3, 3), 1 / 3), abs=0.03)


@pytest.mark.parametrize("shape", [(64, 64), (64, 128), (256, 256), (64, 64, 64), (32, 64, 96)])
def test_number_scales_with_area(shape):
    spec = SceneSpec(radius=(1, 1), count=(50, 50), reference=64.0, overlap=1.0)
    scenes = [sample_scene(generator(seed), spec, shape) for seed in range(5)]
    inside = [((n.centre >= 0) & (n.centre <= shape)).all() for s in scenes for n in s.nuclei]
    assert not any(scene.full for scene in scenes)
    expected = 5 * 50 * np.prod(shape) / 64 ** len(shape)
    assert sum(inside) == pytest.approx(expected, abs=3 * math.sqrt(expected))


def test_nuclei_are_as_frequent_at_the_border_as_in_the_middle():
    spec = SceneSpec(radius=(8, 8), count=(12, 12), reference=64.0, overlap=1.0)
    count = sum(coverage(sample_scene(generator(seed), spec, (64, 64))) for seed in range(150))
    middle, rim = count[16:-16, 16:-16].mean(), count[:, :4].mean()
    assert rim == pytest.approx(middle, rel=0.1)


@pytest.mark.parametrize(("spec", "shape"), FRAMES)
@pytest.mark.parametrize("contact", [0.0, 0.8])
def test_nothing_overlaps_unless_allowed(spec, shape, contact):
    scene = sample_scene(generator(1), replace(spec, contact=contact, irregularity=0.1), shape)
    assert coverage(scene).max() == 1


def test_overlap_is_bounded_by_what_was_there_before():
    spec = replace(SPEC, count=(80, 80), overlap=0.2)
    scene = sample_scene(generator(1), spec, (128, 128))
    taken = np.zeros(scene.shape, bool)
    shares = []
    for nucleus in scene.nuclei:
        box, inside = footprint(nucleus, scene.shape, scene.spacing)
        shares.append(taken[box][inside].sum() / max(inside.sum(), 1))
        taken[box] |= inside
    assert 0.1 < max(shares) <= 0.2


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        (SceneSpec(radius=(10, 15), count=(2000, 2000)), (128, 128)),
        (SceneSpec(radius=(10, 15), count=(2000, 2000), contact=0.5), (128, 128)),
        (SceneSpec(radius=(100, 100), count=(50, 50)), (32, 32)),
        (SceneSpec(radius=(8, 10), count=(90_000, 90_000), reference=128.0), (24, 48, 48)),
    ],
)
def test_a_full_scene_says_so_and_ends(spec, shape):
    scene = sample_scene(generator(0), spec, shape)
    assert scene.full
    assert 0 < len(scene.nuclei) < scene.asked


def test_a_scene_with_room_holds_all():
    scene = sample_scene(generator(0), SPEC, (128, 128))
    assert not scene.full
    assert len(scene.nuclei) == scene.asked


def test_none_can_be_asked_for():
    scene = sample_scene(generator(0), replace(SPEC, count=(0, 0)), (64, 64))
    assert (scene.asked, scene.nuclei, scene.full) == (0, [], False)


@pytest.mark.parametrize(("count", "shape"), [(14, (128, 128)), (100, (128, 128, 64))])
def test_contact_makes_nuclei_touch(count, shape):
    spec = SceneSpec(radius=(6, 9), count=(count, count), reference=128.0)

    def share(contact):
        beside = replace(spec, contact=contact)
        return np.mean([touching(sample_scene(generator(i), beside, shape)) for i in range(4)])

    assert all(more > less + 0.1 for less, more in pairwise(map(share, (0.0, 0.4, 0.9))))


def test_contact_leaves_the_number_in_the_frame():
    spec = SceneSpec(radius=(10, 15), count=(30, 30))

    def seen(contact):
        beside = replace(spec, contact=contact)
        scenes = [sample_scene(generator(i), beside, (64, 64)) for i in range(60)]
        return np.mean([coverage(scene).mean() for scene in scenes])

    assert seen(0.9) == pytest.approx(seen(0.0), rel=0.15)


def test_irregularity_departs_from_the_ellipse():
    axes = np.eye(2)
    plain, wavy = (
        sample_scene(generator(0), replace(SPEC, irregularity=w), (128, 128)).nuclei[0]
        for w in (0.0, 0.1)
    )
    assert not plain.amplitudes.any()
    assert (plain.axes == wavy.axes).all()
    stretch = np.array([wavy.reach(u) / plain.reach(u) for u in axes])
    assert (stretch != 1).all() and (abs(stretch - 1) <= 0.2).all()


def test_coarse_planes_make_flat_nuclei():
    spec = SceneSpec(radius=(6, 6), count=(6, 6), reference=48.0, eccentricity=(0, 0))
    scene = sample_scene(generator(0), spec, (24, 96, 96), (2.0, 0.5, 0.5))
    boxes = [box for box in ndimage.find_objects(render(scene)) if box is not None]
    sides = [[s.stop - s.start for s in box] for box in boxes]
    whole = [
        side
        for side, box in zip(sides, boxes, strict=True)
        if all(s.start > 0 and s.stop < n for s, n in zip(box, scene.shape, strict=True))
    ]
    assert whole
    for depth, height, width in whole:
        assert depth == pytest.approx(6, abs=1)
        assert (height, width) == pytest.approx((24, 24), abs=1)


@pytest.mark.parametrize(("spec", "shape"), FRAMES)
def test_a_seed_gives_one_scene(spec, shape):
    spec = replace(spec, contact=0.4, irregularity=0.1, overlap=0.1)
    maps = [render(sample_scene(generator(seed), spec, shape)) for seed in (3, 3, 4)]
    assert (maps[0] == maps[1]).all()
    assert (maps[0] != maps[2]).any()
