import numpy as np
import pytest

from adgan.tiling import plan_tiles, stitch


def test_an_image_of_one_tile_is_whole():
    (tile,) = plan_tiles((40, 30), (40, 64), (8, 8))
    assert (tile.start, tile.size, tile.core) == ((0, 0), (40, 30), ((0, 40), (0, 30)))


def test_tiles_are_few_and_evenly_spread():
    tiles = plan_tiles((100,), (40,), (8,))
    assert [tile.start for tile in tiles] == [(0,), (30,), (60,)]
    assert [tile.core for tile in tiles] == [((0, 35),), ((35, 65),), ((65, 100),)]


def test_tiles_keep_to_the_grid():
    tiles = plan_tiles((100,), (40,), (8,), step=4)
    assert [tile.start for tile in tiles] == [(0,), (28,), (60,)]
    assert [tile.core for tile in tiles] == [((0, 32),), ((32, 64),), ((64, 100),)]


def test_results_fade_into_each_other_and_their_borders_are_left_out():
    tiles = plan_tiles((28,), (16,), (4,))
    line = stitch((28,), zip(tiles, (np.zeros(16), np.ones(16)), strict=True), (4,))
    assert (line[:13] == 0).all() and (line[15:] == 1).all()
    assert line[13:15] == pytest.approx([0.25, 0.75])
