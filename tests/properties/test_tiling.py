"""Laws of cutting and stitching, for every number of axes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adgan.image.tiling import plan_tiles, stitch
from adgan.system.seeding import generator


@st.composite
def plans(draw):
    """Shape, tile size and overlap, all in whole steps."""
    step = draw(st.sampled_from([1, 4]))
    ndim = draw(st.integers(1, 3))
    longest = {1: 60, 2: 24, 3: 9}[ndim]
    axes = []
    for _ in range(ndim):
        size = draw(st.integers(1, 8))
        axes.append((draw(st.integers(1, longest)), size, draw(st.integers(0, size - 1))))
    return tuple(tuple(step * n for n in numbers) for numbers in zip(*axes, strict=True)), step


@given(plans())
def test_stitching_what_was_cut_is_the_identity(plan):
    (shape, size, overlap), step = plan
    image = generator(0).standard_normal(shape).astype(np.float32)
    tiles = plan_tiles(shape, size, overlap, step)
    stitched = stitch(shape, ((tile, image[tile.window]) for tile in tiles), overlap)
    np.testing.assert_allclose(stitched, image, atol=1e-5)
    assert stitched.dtype == np.float32


@given(plans())
def test_windows_cover_the_image_and_cores_cover_it_once(plan):
    (shape, size, overlap), step = plan
    covered, owned = np.zeros(shape, int), np.zeros(shape, int)
    for tile in plan_tiles(shape, size, overlap, step):
        assert all(
            0 <= a and a + n <= m for a, n, m in zip(tile.start, tile.size, shape, strict=True)
        )
        assert all(n <= m for n, m in zip(tile.size, size, strict=True))
        assert not any(a % step or b % step for a, b in [*tile.core, (0, 0)])
        assert not any(start % step for start in tile.start)
        covered[tile.window] += 1
        owned[tile.window][tile.inner] += 1
    assert covered.min() >= 1
    assert (owned == 1).all()


@given(plans())
def test_neighbours_overlap_as_asked_and_cores_stay_half_of_it_away(plan):
    (shape, size, overlap), step = plan
    for tile in plan_tiles(shape, size, overlap, step):
        sides = zip(tile.start, tile.size, tile.core, shape, overlap, strict=True)
        for start, n, (low, high), length, shared in sides:
            assert start == 0 or low - start >= shared // (2 * step) * step
            assert start + n == length or start + n - high >= shared // (2 * step) * step
