import numpy as np
import pytest
from skimage.measure import regionprops

from adgan.synth.render import render
from adgan.synth.scene import Scene, SceneSpec, sample_scene
from adgan.system.seeding import generator


def test_label_k_is_nucleus_k(ellipsoid):
    scene = Scene(
        (20, 60), (1.0, 1.0), [ellipsoid((10, x), (5, 4)) for x in (10.0, 30.0, -30.0, 50.0)], 4
    )
    labels = render(scene)
    assert labels.dtype == np.uint16
    assert [labels[10, x] for x in (10, 30, 50)] == [1, 2, 4]
    assert np.unique(labels).tolist() == [0, 1, 2, 4]


def test_an_empty_scene_is_background():
    assert not render(Scene((5, 6, 7), (1.0,) * 3)).any()


def test_overlapping_nuclei_meet_halfway(ellipsoid):
    pair = [ellipsoid((16, 12), (8, 8)), ellipsoid((16, 20), (8, 8))]
    labels = render(Scene((32, 32), (1.0, 1.0), pair, 2))
    assert set(labels[:, :16].ravel()) == {0, 1}
    assert set(labels[:, 16:].ravel()) == {0, 2}
    swapped = render(Scene((32, 32), (1.0, 1.0), pair[::-1], 2))
    assert (swapped == np.array([0, 2, 1])[labels]).all()


def test_measured_axes_match_the_drawn():
    spec = SceneSpec(radius=(12, 18), count=(12, 12))
    scene = sample_scene(generator(0), spec, (256, 256))
    checked = 0
    for region in regionprops(render(scene)):
        nucleus = scene.nuclei[region.label - 1]
        if (abs(nucleus.centre - 128) > 128 - 19).any():
            continue
        assert region.centroid == pytest.approx(nucleus.centre - 0.5, abs=0.3)
        assert region.axis_major_length / 2 == pytest.approx(nucleus.axes[0], abs=0.4)
        assert region.axis_minor_length / 2 == pytest.approx(nucleus.axes[1], abs=0.4)
        # The drawn long axis has the measured orientation, up to its sign.
        measured = np.array([np.cos(region.orientation), np.sin(region.orientation)])
        assert abs(nucleus.rotation[:, 0] @ measured) > 0.99
        checked += 1
    assert checked >= 5


def test_measured_volume_matches_the_drawn(ellipsoid):
    turn, _ = np.linalg.qr(generator(0).normal(size=(3, 3)))
    nucleus = ellipsoid((20, 21, 21), (12, 9, 7), rotation=turn)
    scene = Scene((20, 60, 60), (2.0, 0.7, 0.7), [nucleus], 1)
    volume = np.count_nonzero(render(scene)) * 2.0 * 0.7 * 0.7
    assert volume == pytest.approx(4 / 3 * np.pi * 12 * 9 * 7, rel=0.02)
