import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from adgan.builtin.settings import TARGETS
from adgan.builtin.targets import HEADS, make_targets
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

SHAPES = {2: (60, 90), 3: (40, 40, 60)}


@pytest.fixture(scope="module", params=[2, 3])
def labels(balls, request):
    """Two nuclei that touch and one alone."""
    middle = (20.0,) * (request.param - 1)
    centres = [(*middle, x) for x in (12.0, 30.0, 54.0)]
    return balls(SHAPES[request.param], centres, [9, 9, 5])


def test_every_head_has_the_shape_of_the_labels(labels):
    made = make_targets(labels)
    assert set(made) == {*HEADS, "offset"}
    assert all(made[name].shape == labels.shape for name in HEADS)
    assert made["offset"].shape == (labels.ndim, *labels.shape)
    assert all(channel.dtype == np.float32 for channel in made.values())


def test_offsets_point_to_the_centroid(labels):
    made = make_targets(labels)
    at = np.indices(labels.shape)
    aim = at + TARGETS[labels.ndim].unit * made["offset"]
    for label in range(1, labels.max() + 1):
        inside = labels == label
        middle = at[:, inside].mean(1)
        assert aim[:, inside].T == pytest.approx(
            np.broadcast_to(middle, (inside.sum(), len(at))), abs=1e-3
        )


def test_depth_is_1_at_the_deepest_and_rises_from_the_rim(labels):
    depth = make_targets(labels)["depth"]
    numbers = np.arange(1, labels.max() + 1)
    assert ndimage.maximum(depth, labels, numbers) == pytest.approx(1)
    assert (ndimage.minimum(depth, labels, numbers) > 0).all()
    assert (ndimage.minimum(depth, labels, numbers) < 0.35).all()
    assert not depth[labels == 0].any()


def test_a_disc_or_ball_of_the_unit_has_size_0_and_of_twice_1(balls):
    for factor, size in ((1, 0.0), (2, 1.0), (0.5, -1.0)):
        disc = balls((100, 100), [(50, 50)], factor * TARGETS[2].unit)
        assert make_targets(disc)["size"][50, 50] == pytest.approx(size, abs=0.06)
    ball = balls((40, 40, 40), [(20, 20, 20)], TARGETS[3].unit)
    assert make_targets(ball)["size"][20, 20, 20] == pytest.approx(0, abs=0.03)


def test_contact_is_where_two_meet_and_nowhere_else(labels):
    contact = make_targets(labels)["contact"] > 0
    away = [ndimage.distance_transform_edt(labels != label) for label in (1, 2)]
    assert contact.any()
    most = TARGETS[labels.ndim].contact + 1.5 * labels.ndim**0.5
    assert max(apart[contact].max() for apart in away) <= most
    assert not contact[labels == 3].any()


def test_nuclei_further_apart_than_both_reach_are_in_no_contact(balls):
    apart = balls((40, 60), [(20, 14), (20, 40)], 8)
    assert not make_targets(apart)["contact"].any()
    near = balls((40, 60), [(20, 14), (20, 33)], 8)
    assert make_targets(near)["contact"].any()


def test_an_empty_map_asks_for_nothing():
    for shape in ((9, 8), (5, 6, 7)):
        assert not any(c.any() for c in make_targets(np.zeros(shape, np.uint32)).values())


def test_a_nucleus_that_fills_the_frame_is_deep_all_over():
    made = make_targets(np.full((12, 14), 3, np.uint32))
    assert (made["depth"] == 1).all() and (made["foreground"] == 1).all()
    assert not made["contact"].any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]))
def test_numbers_of_nuclei_do_not_matter(seed, ndim):
    labels = random_scene(generator(seed), (40, 44) if ndim == 2 else (12, 20, 24)).labels
    swap = np.append(0, 1 + generator(seed, "swap").permutation(int(labels.max(initial=0)) + 3))
    one, other = make_targets(labels), make_targets(swap[labels].astype(np.uint32))
    for name, channel in one.items():
        assert channel == pytest.approx(other[name], abs=1e-4)
        assert np.isfinite(channel).all()
    assert 0 <= one["depth"].min() and one["depth"].max() <= 1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 1))
def test_a_mirrored_map_has_mirrored_targets(seed, axis):
    labels = random_scene(generator(seed), (40, 44)).labels
    one, other = make_targets(np.flip(labels, axis)), make_targets(labels)
    for name in ("foreground", "depth", "size"):
        assert one[name] == pytest.approx(np.flip(other[name], axis), abs=1e-4)
    # A pixel as far from one nucleus as from another goes to either; no other pixel parts.
    apart = np.flip(one["contact"], axis) != other["contact"]
    away = [ndimage.distance_transform_edt(labels != n) for n in np.unique(labels[labels > 0])]
    if len(away) < 2:
        assert not apart.any()
    else:
        near, next_to = np.partition(away, 1, axis=0)[:2]
        ties = (near > 0) & (near <= TARGETS[2].contact) & (next_to - near < 1e-9)
        assert not (apart & ~ndimage.binary_dilation(ties, np.ones((3, 3)))).any()
    turned = np.flip(other["offset"], axis + 1).copy()
    turned[axis] *= -1
    assert one["offset"] == pytest.approx(turned, abs=1e-3)
