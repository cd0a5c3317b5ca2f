from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from adgan.builtin.settings import TARGETS
from adgan.builtin.targets import make_targets
from adgan.instances.votes import Maps, Voting, find_nuclei, whole_pieces
from adgan.labels.labelmap import ball
from adgan.metrics import count_overlap
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator


def ideal(labels):
    """What a perfect network would say of a label map."""
    made = make_targets(labels)
    return Maps(**made, unit=TARGETS[labels.ndim].unit)


def blurred(maps, noise=0.15, seed=0):
    """The same from a network that errs a little everywhere."""
    rng = generator(seed)

    def err(channel, amount):
        shaken = ndimage.gaussian_filter(
            rng.normal(size=channel.shape), [0] * (channel.ndim - 2) + [1, 1]
        )
        return (channel + amount * shaken / shaken.std()).astype(np.float32)

    return Maps(
        ndimage.gaussian_filter(maps.foreground, 0.7), maps.depth, maps.contact,
        err(maps.size, 0.15), err(maps.offset, noise), maps.unit,
    )  # fmt: skip


def balls(shape, centres, radius):
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    distances = np.array([np.linalg.norm(grid - centre, axis=-1) for centre in centres])
    return np.where(distances.min(0) <= radius, distances.argmin(0) + 1, 0).astype(np.uint32)


def matched(found, truth):
    """The best IoU of each true nucleus."""
    table = count_overlap(found, truth)
    best = np.zeros(int(truth.max()) + 1)
    np.maximum.at(best, table.truth_labels[table.truth].astype(int), table.iou)
    return best[np.unique(truth[truth > 0])]


TOUCHING = {
    2: balls((90, 110), [(30, 30), (30, 51), (48, 40), (70, 85)], 11),
    3: balls((40, 50, 80), [(20, 24, 22), (20, 24, 43), (22, 30, 64)], 11),
}


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("change", [lambda maps: maps, blurred], ids=["ideal", "blurred"])
def test_touching_nuclei_come_apart_where_they_meet(ndim, change):
    truth = TOUCHING[ndim]
    found = find_nuclei(change(ideal(truth)))
    assert found.dtype == np.uint32 and found.max() == truth.max()
    assert matched(found, truth).min() > 0.9


@pytest.mark.parametrize("radius", [6, 11, 22, 40])
def test_votes_of_small_and_large_nuclei_count_alike(radius):
    side = int(4 * radius)
    truth = balls((side, side), [(side / 2, 1.1 * radius), (side / 2, 2.9 * radius)], radius)
    for maps in (ideal(truth), blurred(ideal(truth), 0.08)):
        assert matched(find_nuclei(maps), truth).min() > 0.9


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_lobed_nucleus_stays_one(ndim):
    shape = (30,) * (ndim - 1) + (60,)
    middle = (15,) * (ndim - 1)
    lobes = balls(shape, [(*middle, 18), (*middle, 30), (*middle, 42)], 8)
    truth = (lobes > 0).astype(np.uint32)
    for maps in (ideal(truth), blurred(ideal(truth))):
        found = find_nuclei(maps)
        assert found.max() == 1 and matched(found, truth).min() > 0.9


def test_holes_in_the_foreground_of_a_textured_nucleus_make_no_second_one():
    truth = TOUCHING[2]
    maps = ideal(truth)
    dark = ndimage.gaussian_filter(generator(0).normal(size=truth.shape), 1.5) > 0.15
    maps.foreground[dark] = 0.2
    found = find_nuclei(maps)
    assert found.max() == truth.max()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]), st.floats(0, 0.8))
def test_nuclei_that_are_drawn_are_found_again(seed, ndim, contact):
    spec = SceneSpec(
        radius=(8, 14), count=(8, 14), reference=100.0 if ndim == 2 else 60.0, contact=contact
    )
    truth = render(sample_scene(generator(seed), spec, (100, 110) if ndim == 2 else (20, 44, 48)))
    truth = whole_pieces(truth, 0.3 * ball(11.0, ndim))
    found = find_nuclei(ideal(truth))
    assert found.max() == truth.max()
    assert (matched(found, truth) > 0.9).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_a_mirrored_image_has_mirrored_nuclei(seed):
    spec = SceneSpec(radius=(8, 14), count=(10, 14), reference=100.0, contact=0.5)
    truth = whole_pieces(render(sample_scene(generator(seed), spec, (80, 90))), 60)
    maps = blurred(ideal(truth), seed=seed)
    ways = np.flip(maps.offset, 2) * np.array([1, -1], np.float32).reshape(2, 1, 1)
    flat = (maps.foreground, maps.depth, maps.contact, maps.size)
    turned = Maps(*(np.flip(channel, 1) for channel in flat), ways, TARGETS[2].unit)
    one, other = find_nuclei(maps), np.flip(find_nuclei(turned), 1)
    if len(np.unique(one)) > 1:
        assert matched(one, other).mean() > 0.97


def test_the_threshold_decides_what_belongs_to_a_nucleus():
    maps = ideal(TOUCHING[2])
    maps.foreground[:] *= 0.5
    assert find_nuclei(maps, Voting(foreground=0.5)).max() == 4
    assert find_nuclei(maps, Voting(foreground=0.6)).max() == 0


@pytest.mark.parametrize("ndim", [2, 3])
def test_support_is_a_share_of_the_votes_of_a_whole_nucleus(ndim):
    maps = ideal(balls((44,) * ndim, [(22,) * ndim], 11))
    found = [find_nuclei(maps, Voting(support=share)).max() for share in (0.85, 1.15)]
    assert found == [1, 0]


def test_a_nucleus_of_less_than_the_least_area_is_left_out():
    maps = ideal(balls((40, 40), [(20, 20)], TARGETS[2].unit))
    assert find_nuclei(maps, Voting(least=0.9)).max() == 1
    assert find_nuclei(maps, Voting(least=1.1)).max() == 0


def test_finer_cells_show_nothing_more():
    places = range(8, 56, 11)
    truth = balls((60, 60), [(y, x) for y in places for x in places], 5)
    found = find_nuclei(ideal(truth))
    assert matched(found, truth).min() == 1
    assert np.array_equal(find_nuclei(ideal(truth), Voting(fine=100)), found)


def test_a_size_that_no_nucleus_has_counts_as_the_largest():
    maps = ideal(balls((70, 70), [(35, 35)], 24))
    maps.size[:] = 30
    assert find_nuclei(maps).max() == 1


def test_pixels_that_point_nowhere_together_are_no_nucleus():
    maps = ideal(balls((160, 160), [(80, 80)], 11))
    ways = generator(0).normal(0, 1.5, maps.offset.shape).astype(np.float32)
    lost = replace(maps, offset=ways)
    assert find_nuclei(maps).max() == 1 and not find_nuclei(lost, Voting(support=0.3)).any()


@pytest.mark.parametrize("ndim", [2, 3])
def test_no_foreground_is_no_nucleus(ndim):
    labels = np.zeros((20,) * ndim, np.uint32)
    found = find_nuclei(ideal(labels))
    assert found.shape == labels.shape and not found.any()


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("end", [6, 33])
def test_votes_beyond_the_frame_count_at_its_edge(axis, end):
    truth = balls((40, 40), [(20, end) if axis else (end, 20)], 11)
    maps = ideal(truth)
    maps.offset[axis] += 1.0 if end > 20 else -1.0  # towards a middle outside
    assert np.array_equal(find_nuclei(maps), truth)


@pytest.mark.parametrize("ndim", [2, 3])
def test_pieces_are_whole_large_enough_and_numbered_without_gaps(ndim):
    labels = np.zeros((12,) * ndim, np.uint32)
    labels[..., 0:5, 0:5] = 7
    labels[..., 8:12, 0:5] = 7  # a second piece of the same number
    labels[..., 0:5, 5:9] = 9
    labels[(0,) * ndim] = 3  # a speck
    found = whole_pieces(labels, 4)
    assert np.unique(found).tolist() == [0, 1, 2, 3] and found.dtype == np.uint32
    for label in (1, 2, 3):
        assert ndimage.label(found == label)[1] == 1
    assert whole_pieces(np.array([[1, 1, 0, 2]]), 2).tolist() == [[1, 1, 0, 0]]


def test_a_ball_is_a_disc_or_a_ball():
    assert ball(2.0, 2) == pytest.approx(4 * np.pi)
    assert ball(2.0, 3) == pytest.approx(32 / 3 * np.pi)
