import numpy as np
import pytest
from scipy import ndimage

from adgan.builtin.normalisation import (
    Normalisation,
    global_normalisation,
    measure_normalisation,
)
from adgan.builtin.settings import NORMALISATION
from adgan.system.seeding import generator

BLOCK = NORMALISATION[2].side


def field(shape, seed=0, density=0.001):
    """Blobs on an even ground, with noise."""
    rng = generator(seed)
    seeds = (rng.random(shape) < density).astype(float)
    blobs = ndimage.gaussian_filter(seeds, 6)
    return (100 + 200 * blobs / blobs.max() + rng.normal(0, 2, shape)).astype(np.float32)


SHAPES = [(150, 160), (500, 430), (40, 60, 50)]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_offset_and_a_gain_change_nothing(shape):
    image = field(shape)
    seen = measure_normalisation(image).apply(image)
    other = 30.0 * image + 5000
    assert measure_normalisation(other).apply(other) == pytest.approx(seen, abs=0.02)
    assert seen.shape == shape and seen.dtype == np.float32


def test_padding_does_not_count():
    image = field((170, 170))
    wide = np.zeros((170, 255), np.float32)
    wide[:, :170] = image
    alone, beside = measure_normalisation(image), measure_normalisation(wide)
    span = alone.high - alone.low
    assert beside.high == pytest.approx(alone.high, abs=0.05 * span)
    # A seam two pixels wide counts, as something changes there.
    assert beside.low == pytest.approx(alone.low, abs=0.2 * span) or beside.low < alone.low


def test_large_images_are_measured_neighbourhood_by_neighbourhood():
    dim = field((2 * BLOCK, 4 * BLOCK), density=0.003)
    dim[:, : 2 * BLOCK] = 100 + 0.4 * (dim[:, : 2 * BLOCK] - 100)
    normalisation = measure_normalisation(dim)
    assert np.shape(normalisation.high) == dim.shape
    span = normalisation.high - normalisation.low
    assert span[:, :20].mean() < 0.6 * span[:, -20:].mean()
    seen = normalisation.apply(dim)
    ends = [np.quantile(seen[:, side], 0.99) for side in (slice(None, 120), slice(-120, None))]
    assert ends[0] == pytest.approx(ends[1], abs=0.3)


def test_an_empty_corner_stays_dim():
    image = field((3 * BLOCK, 3 * BLOCK), density=0.003)
    image[:BLOCK, :BLOCK] = 100 + generator(1).normal(0, 2, (BLOCK, BLOCK))
    seen = measure_normalisation(image).apply(image)
    assert np.quantile(seen[:100, :100], 0.99) < np.quantile(seen[200:], 0.99) - 0.5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_constant_image_has_no_levels_and_is_no_trouble(shape):
    image = np.full(shape, 7.0, np.float32)
    assert np.isfinite(measure_normalisation(image).apply(image)).all()


@pytest.mark.parametrize("radius", [12, 13, 14, 15])
def test_few_nuclei_on_a_ground_cut_to_0_are_measured(radius):
    # One in each neighbourhood: little of any window changes.
    grid = np.arange(3) * BLOCK + BLOCK // 2
    image = np.zeros((3 * BLOCK, 3 * BLOCK), np.float32)
    image[np.ix_(grid, grid)] = 1
    inside = ndimage.distance_transform_edt(image == 0) < radius
    image = inside * generator(0).uniform(150, 250, image.shape)
    seen = measure_normalisation(image).apply(image)
    assert np.isfinite(seen).all() and seen[image > 0].min() > seen[image == 0].max()


def test_order_is_kept_and_what_is_far_brighter_is_cut_off():
    normalisation, values = Normalisation(10.0, 20.0), np.linspace(0, 100, 300)
    seen = normalisation.apply(values)
    assert (np.diff(seen) >= 0).all()
    assert normalisation.apply(np.array([10.0])) == normalisation.apply(np.array([-5.0]))
    top = 10 + NORMALISATION[2].clip * 10
    assert normalisation.apply(np.array([top])) == normalisation.apply(np.array([1e6]))


def test_levels_do_not_depend_on_a_few_hot_pixels():
    image = field((200, 200))
    hot = image.copy()
    hot[:2, :10] = 1e5
    assert global_normalisation(hot).low == pytest.approx(global_normalisation(image).low, rel=0.01)
    assert global_normalisation(hot).high == pytest.approx(
        global_normalisation(image).high, rel=0.05
    )


def test_any_part_is_transformed_as_the_whole_is():
    image = field((150, 160))
    normalisation = measure_normalisation(image)
    assert np.array_equal(
        normalisation.apply(image)[20:70, 30:90], normalisation.apply(image[20:70, 30:90])
    )
