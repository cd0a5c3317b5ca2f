import numpy as np
import pytest

from adgan.image.tiling import centre, fitting, plan_tiles, stitch


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


def test_channels_are_blended_as_single_maps_are():
    tiles = plan_tiles((40, 30), (24, 16), (8, 8))
    image = np.random.default_rng(0).normal(size=(3, 40, 30)).astype(np.float32)
    pieces = [(tile, image[(..., *tile.window)]) for tile in tiles]
    assert stitch((40, 30), pieces, (8, 8)) == pytest.approx(image, abs=1e-6)


@pytest.mark.parametrize("length", [16, 96, 1024, 1040, 1712, 2048, 5008])
def test_fitting_sides_need_no_more_tiles_and_no_larger_ones_do(length):
    side = fitting(length, 1024, 96, 16)
    tiles = plan_tiles((length,), (side,), (96,), 16)
    assert len(tiles) == len(plan_tiles((length,), (1024,), (96,), 16)) and side <= 1024
    if len(tiles) > 1:
        assert len(plan_tiles((length,), (side - 16,), (96,), 16)) > len(tiles)


def test_the_centre_never_exceeds_the_image():
    image = np.arange(7 * 5).reshape(7, 5)
    assert (centre(image, np.array([3, 99])) == image[2:5]).all()
