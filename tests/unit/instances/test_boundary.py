import numpy as np
import pytest
from scipy import ndimage

from adgan.instances.boundary import (
    _blocks,
    block_sums,
    divide,
    fill_holes,
    signed_depth,
    snap,
)
from adgan.labels.grid import Grid
from adgan.recipe.decoding import BoundarySettings
from adgan.system.seeding import generator

RADIUS = 12.0
GRID = Grid((1.0, 1.0), RADIUS)
HOW = BoundarySettings(level=(0.5, 0.5))


def ball(shape, centre, radius):
    """Share of each pixel that a disc or ball covers."""
    axes = np.meshgrid(
        *(np.arange(n) - c for n, c in zip(shape, centre, strict=True)), indexing="ij"
    )
    return np.clip(radius - np.sqrt(sum(a**2 for a in axes)) + 0.5, 0, 1)


def seen(share, bright=1.0, dark=0.0, blur=1.5):
    return ndimage.gaussian_filter(dark + (bright - dark) * share, blur).astype(np.float32)


def grid_of(image):
    return Grid((1.0,) * image.ndim, RADIUS)


def snapped(image, mask, hole=200.0):
    threshold, depth = snap(image, mask, grid_of(image), hole, rounds=3, how=HOW)
    return divide(image, threshold, depth, hole, (RADIUS,) * image.ndim, HOW)


def radius_of(mask):
    if mask.ndim == 2:
        return np.sqrt(mask.sum() / np.pi)
    return (mask.sum() * 3 / 4 / np.pi) ** (1 / 3)


@pytest.mark.parametrize("bright, dark", [(1, 0), (0.15, 0.05), (0.3, -0.9)])
@pytest.mark.parametrize("error", [-3, 0, 3])
def test_the_rim_is_found_from_a_mask_too_small_or_too_large(bright, dark, error):
    shape, centre = (64, 64), (31.3, 32.6)
    image = seen(ball(shape, centre, RADIUS), bright, dark)
    found = snapped(image, ball(shape, centre, RADIUS + error) > 0.5)
    assert radius_of(found) == pytest.approx(RADIUS, abs=0.45)
    assert ndimage.center_of_mass(found) == pytest.approx(centre, abs=0.25)


def test_a_dim_nucleus_beside_a_bright_one_keeps_its_own_level():
    shape, centres = (64, 112), ((32, 30), (32, 80))
    bright, dim = (ball(shape, centre, RADIUS) for centre in centres)
    image = seen(bright + 0.15 * dim)
    mask = sum(ball(shape, centre, RADIUS - 2) for centre in centres) > 0.5
    found = snapped(image, mask)
    for half in (found[:, :56], found[:, 56:]):
        assert radius_of(half) == pytest.approx(RADIUS, abs=0.4)


def test_balls():
    shape, centre = (40, 44, 42), (20, 21.4, 20.7)
    image = seen(ball(shape, centre, RADIUS))
    found = snapped(image, ball(shape, centre, RADIUS - 2) > 0.5)
    assert radius_of(found) == pytest.approx(RADIUS, abs=0.5)


@pytest.mark.parametrize("hole", [3, 7])
def test_rings_come_out_whole(hole):
    shape, centre = (64, 64), (32, 32)
    share = ball(shape, centre, RADIUS) - ball(shape, centre, hole)
    found = snapped(seen(share, blur=1), share > 0.5)
    assert radius_of(found) == pytest.approx(RADIUS, abs=0.5)
    assert found[32, 32]


def test_a_gap_wider_than_a_hole_stays_open():
    shape, centre = (64, 64), (32, 32)
    ring = ball(shape, centre, RADIUS + 8) - ball(shape, centre, RADIUS)
    assert not snapped(seen(ring, blur=1), ring > 0.5)[32, 32]


def test_specks_beside_a_nucleus_are_opened_away():
    shape = (64, 64)
    image = seen(ball(shape, (32, 32), RADIUS), blur=0.7)
    image[32, 32 + 15] = 1
    assert not snapped(image, ball(shape, (32, 32), RADIUS) > 0.5)[:, 46:].any()


@pytest.mark.parametrize("shape", [(20, 30), (10, 20, 30)])
def test_masks_without_a_rim(shape):
    image = generator(0).uniform(-1, 1, shape).astype(np.float32)
    for mask in (np.zeros(shape, bool), np.ones(shape, bool)):
        threshold, depth = snap(image, mask, grid_of(image), 10, rounds=3, how=HOW)
        assert np.isfinite(threshold).all() and np.isfinite(depth).all()
    assert not snapped(image, np.zeros(shape, bool)).any()
    inner = tuple(slice(1, -1) for _ in shape)
    assert snapped(image, np.ones(shape, bool))[inner].all()


def test_depth_is_the_distance_to_the_rim():
    mask = np.zeros((9, 30), bool)
    mask[:, 10:20] = True
    expected = [*range(-10, 0), 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, *range(-1, -11, -1)]
    assert (signed_depth(mask) == expected).all()
    assert (signed_depth(mask, (3.0, 0.5)) == np.array(expected) * 0.5).all()


@pytest.mark.parametrize("shape", [(40, 41), (14, 15, 16)])
def test_opening_and_filling_are_scipys(shape):
    for seed in range(5):
        noise = ndimage.gaussian_filter(generator(seed).standard_normal(shape), 1)
        mask = noise > np.quantile(noise, 0.4)
        assert np.array_equal(fill_holes(mask, mask.size), ndimage.binary_fill_holes(mask))
        expected = ndimage.binary_fill_holes(ndimage.binary_opening(mask))
        depth = np.zeros(shape)
        assert np.array_equal(
            divide(mask.astype(float), np.full(shape, 0.5), depth, mask.size, shape, HOW), expected
        )


def test_nuclei_cut_to_one_coarse_plane_stay():
    image = np.zeros((6, 30, 30))
    image[0, 5:12, 5:12] = image[-1, 18:25, 18:25] = 1
    half, depth = np.full(image.shape, 0.5), np.zeros(image.shape)
    coarse = divide(image, half, depth, 0, (3.9, 8.0, 8.0), HOW)
    assert [coarse[z].sum() for z in (0, -1)] == [45, 45]  # but for the corners
    assert not divide(image, half, depth, 0, (4.0, 8.0, 8.0), HOW).any()


def test_the_rim_moves_at_most_a_third_of_a_radius():
    shape, centre = (64, 64), (32, 32)
    image = seen(ball(shape, centre, RADIUS))
    for radius, found in ((4, 4 + HOW.move * RADIUS), (20, 20 - HOW.move * RADIUS)):
        mask = ball(shape, centre, radius) > 0.5
        assert radius_of(snapped(image, mask)) == pytest.approx(found, abs=0.6)


def test_neither_a_bright_core_nor_what_is_bright_far_away_moves_the_rim():
    shape, centre = (80, 80), (40, 40)
    share = ball(shape, centre, RADIUS)
    mask = share > 0.5
    plain, _ = snap(seen(share), mask, GRID, 0, rounds=1, how=HOW)
    core, _ = snap(seen(share + 5 * ball(shape, centre, 3)), mask, GRID, 0, 1, HOW)
    ring = 1 - ball(shape, centre, 2.1 * RADIUS)
    far, _ = snap(seen(share + 5 * ring), mask, GRID, 0, 1, HOW)
    at_rim = np.abs(signed_depth(mask)) <= 2
    np.testing.assert_allclose(core[at_rim], plain[at_rim], atol=0.02)
    np.testing.assert_allclose(far[at_rim], plain[at_rim], atol=0.02)


def test_a_brighter_image_has_a_threshold_as_much_higher():
    share = ball((64, 64), (32, 32), RADIUS)
    mask = share > 0.5
    at_rim = np.abs(signed_depth(mask)) <= 2
    dim, bright = (snap(seen(share) + more, mask, GRID, 0, 2, HOW)[0] for more in (0, 5))
    np.testing.assert_allclose(bright[at_rim] - dim[at_rim], 5, atol=0.05)


def test_blocks_are_summed_and_those_at_the_end_are_cut():
    array = np.arange(35.0).reshape(5, 7)
    sums = block_sums(array, (2, 3))
    assert sums.shape == (3, 3)
    assert sums[0, 1] == array[:2, 3:6].sum() and sums[2, 2] == array[4:, 6:].sum()
    assert sums.sum() == array.sum()


@pytest.mark.parametrize("radius", [1, 4.9, 5, 12, 40])
def test_blocks_are_small_beside_the_neighbourhood_that_they_tell_of(radius):
    (block,) = _blocks([HOW.window * radius])
    assert block == 1 or block <= 0.4 * HOW.window * radius < block + 1
    assert block > 1 or 0.4 * HOW.window * radius < 2


def test_a_hole_is_filled_up_to_its_size():
    mask = np.ones((8, 9), bool)
    mask[3:5, 3:6] = False
    assert fill_holes(mask, 6).all() and np.array_equal(fill_holes(mask, 5), mask)
