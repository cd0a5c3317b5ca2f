"""The network for images sees the planes of a volume as well."""

from dataclasses import replace

import numpy as np
import pytest

from adgan.builtin.network import builtin_network, with_planes
from adgan.builtin.planes import see_planes
from adgan.builtin.settings import PLANES, TILING, Tiling
from adgan.instances.votes import Maps

CENTRE, RADIUS = (7.0, 9.0, 8.0), 5.0
SHAPE = (16, 18, 17)


def ball():
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij"))
    ways = np.array(CENTRE).reshape(3, 1, 1, 1) - grid
    return (np.linalg.norm(ways, axis=0) < RADIUS).astype(np.float32), ways


def maps_of(planes):
    """Return maps of a perfect network: each pixel points to the mean of the bright ones."""
    inside = planes > 0.5
    ways = np.zeros((2, *planes.shape))
    for k, plane in enumerate(inside):
        for axis, grid in enumerate(np.indices(plane.shape)):
            ways[axis, k] = (grid[plane].mean() if plane.any() else 0) - grid
    nothing = np.zeros_like(planes)
    return Maps(inside.astype(np.float32), nothing, nothing, nothing, ways / 4, unit=4.0)


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_planes_of_three_axes_point_to_the_centre_of_a_ball(zoom):
    inside, ways = ball()
    foreground, offset = see_planes(inside, maps_of, zoom)
    assert foreground.shape == SHAPE and offset.shape == (3, *SHAPE)
    assert foreground.dtype == offset.dtype == np.float32
    core = foreground > 0.99
    assert np.corrcoef(foreground.ravel(), inside.ravel())[0, 1] > 0.9
    assert core.sum() > 0.5 * inside.sum()
    np.testing.assert_allclose(offset[:, core], ways[:, core], atol=0.35)


def test_a_network_for_volumes_weighs_its_planes():
    volume = np.random.default_rng(0).normal(0, 1, (12, 40, 40)).astype(np.float32)
    both = replace(builtin_network(3), precision="float32")
    alone, planes = both.alone.maps(volume), replace(both.planes, precision="float32")
    foreground, offset = see_planes(volume, planes.stack_maps, PLANES.zoom)
    seen = both.maps(volume)
    mean = (1 - PLANES.weight) * alone.foreground + PLANES.weight * foreground
    np.testing.assert_allclose(seen.foreground, mean, atol=1e-4)
    mean = (1 - PLANES.weight) * alone.offset + PLANES.weight * offset / alone.unit
    np.testing.assert_allclose(seen.offset, mean, atol=1e-4)
    for name in ("depth", "contact", "size"):
        np.testing.assert_array_equal(getattr(seen, name), getattr(alone, name))


def test_alone_it_has_the_confidence_model_of_voxels():
    both = builtin_network(3)
    assert both.planes is builtin_network(2).reader and both.alone.planes is None
    assert both.alone.confidence_model is both.confidence_model_alone
    assert both.confidence_model is not both.confidence_model_alone
    assert builtin_network(2).alone is builtin_network(2)
    again = with_planes(both.alone, both.confidence_model)
    assert again == both


def test_windows_begin_where_pixels_of_volume_and_planes_begin():
    both = builtin_network(3)
    step = both.alignment * PLANES.zoom
    assert both.alignment % both.stride == 0 and step % both.planes.stride == 0
    assert both.alone.alignment == both.stride and builtin_network(2).alignment == 16


@pytest.mark.parametrize("side", [1024, 32])
def test_images_in_one_pass_have_the_maps_of_each(monkeypatch, side):
    images = np.random.default_rng(0).normal(0, 1, (3, 32, 48)).astype(np.float32)
    network = replace(builtin_network(2), precision="float32")
    monkeypatch.setitem(TILING, 2, Tiling(side, 16))
    each = [network.maps(image) for image in images]
    maps = network.stack_maps(images)
    offsets = np.stack([one.offset for one in each], axis=1)
    assert maps.foreground.shape == images.shape and maps.offset.shape == offsets.shape
    np.testing.assert_allclose(maps.foreground, [one.foreground for one in each], atol=1e-4)
    np.testing.assert_allclose(maps.offset, offsets, atol=1e-3)
