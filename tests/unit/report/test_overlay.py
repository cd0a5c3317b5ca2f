import numpy as np
import pytest

from adgan.report.colours import OKABE_ITO
from adgan.report.overlay import contours, edges, overlay, thin


@pytest.fixture
def touching():
    labels = np.zeros((12, 20), np.uint16)
    labels[2:10, 2:10], labels[2:10, 10:18] = 1, 2
    return labels


def test_touching_labels_both_have_a_rim(touching):
    rim = edges(touching)
    assert rim[5, 9] and rim[5, 10]
    assert not rim[5, 5] and not rim[touching == 0].any()
    assert rim.sum() == 2 * (8 * 8 - 6 * 6)
    assert edges(touching, 2).sum() == 2 * (8 * 8 - 4 * 4)


def test_the_frame_is_no_border():
    assert not edges(np.ones((5, 5), np.uint8)).any()


def test_contours_lie_on_both_sides_and_show_a_speck(touching):
    marked = contours(touching)
    assert marked[1, 5] and marked[2, 5] and marked[5, 9] and not marked[5, 5]
    speck = np.zeros((9, 9), np.uint8)
    speck[4, 4] = 1
    assert contours(speck).sum() == 9


def test_overlay_draws_on_the_image_and_leaves_room_in_the_palette(touching):
    gray = np.arange(240, dtype=np.uint8).reshape(12, 20)
    rgb = overlay(gray, touching)
    rim = edges(touching)
    assert (rgb[rim] == OKABE_ITO["orange"]).all()
    assert (np.abs(rgb[~rim].astype(int) - gray[~rim, None]) <= 1).all()
    assert len(np.unique(rgb.reshape(-1, 3), axis=0)) <= 129


def test_lines_grow_with_the_picture():
    assert [thin((side, 10)) for side in (1, 300, 900)] == [1, 1, 3]
