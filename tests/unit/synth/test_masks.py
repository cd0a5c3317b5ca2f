import numpy as np
import pytest

from adgan.synth.masks import MASKS, dome_mask, edge_mask, relative_depth, semantic_mask
from adgan.synth.render import render
from adgan.synth.scene import Scene


@pytest.fixture
def disc(ellipsoid):
    return render(Scene((128, 128), (1.0, 1.0), [ellipsoid((64, 64), (50, 50))], 1))


@pytest.fixture
def ball(ellipsoid):
    return render(Scene((80, 80, 80), (1.0,) * 3, [ellipsoid((40, 40, 40), (36, 36, 36))], 1))


@pytest.mark.parametrize("name", MASKS)
def test_background_is_minus_1_and_the_deepest_point_1(name, disc, ball):
    for labels in (disc, ball):
        mask = MASKS[name](labels)
        assert mask.dtype == np.float32
        assert (mask[labels == 0] == -1).all()
        assert mask.max() == 1
        assert mask[labels > 0].min() >= 0


@pytest.mark.parametrize("name", MASKS)
def test_an_empty_map_is_background(name):
    assert (MASKS[name](np.zeros((9, 8), np.uint16)) == -1).all()


@pytest.mark.parametrize("name", MASKS)
def test_a_nucleus_that_fills_the_frame_has_no_rim(name):
    assert (MASKS[name](np.full((9, 8), 3, np.uint16)) == 1).all()


@pytest.mark.parametrize("edge", [0.2, 0.5, 0.8])
def test_edge_takes_its_share_of_the_radius(disc, ball, edge):
    for labels in (disc, ball):
        mask = edge_mask(labels, edge=edge)
        assert np.unique(mask).tolist() == [-1, 0, 1]
        share = np.count_nonzero(mask == 0) / np.count_nonzero(labels)
        assert share == pytest.approx(1 - (1 - edge) ** labels.ndim, abs=0.04)


def test_no_edge_is_the_semantic_mask(disc):
    assert (edge_mask(disc, edge=0.0) == semantic_mask(disc)).all()


def test_each_nucleus_has_an_edge_where_two_touch():
    labels = np.zeros((20, 40), np.uint16)
    labels[:, :20], labels[:, 20:] = 1, 2
    # The frame cuts both, so that their only rim is the line between them.
    mask = edge_mask(labels, edge=0.5)
    assert (mask[:, 11:29] == 0).all()
    assert (mask[:, :10] == 1).all() and (mask[:, 30:] == 1).all()


def test_depth_is_relative_to_each_nucleus(ellipsoid):
    pair = [ellipsoid((40, 30), (25, 25)), ellipsoid((40, 80), (8, 8))]
    labels = render(Scene((80, 100), (1.0, 1.0), pair, 2))
    depth = relative_depth(labels)
    assert [depth[labels == k].max() for k in (1, 2)] == [1, 1]
    assert not depth[labels == 0].any()


def test_dome_rises_linearly_from_the_boundary(disc):
    mask = dome_mask(disc)
    assert mask == pytest.approx(np.where(disc > 0, relative_depth(disc), -1))
    assert 0 < mask[disc > 0].min() < 0.04


@pytest.mark.parametrize("name", ["edge", "dome"])
def test_spacing_is_heeded(name, ellipsoid):
    scene = Scene((20, 80, 80), (4.0, 1.0, 1.0), [ellipsoid((40, 40, 40), (32, 32, 32))], 1)
    fine = Scene((80, 80, 80), (1.0,) * 3, scene.nuclei, 1)
    flat, round_ = render(scene), render(fine)
    right = MASKS[name](flat, scene.spacing)
    wrong = MASKS[name](flat)
    truth = MASKS[name](round_)[2::4]
    assert abs(right - truth).mean() < 0.5 * abs(wrong - truth).mean()
