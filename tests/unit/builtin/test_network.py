from dataclasses import fields

import numpy as np
import pytest

from adgan.builtin.confidence import FEATURES
from adgan.builtin.network import builtin_network
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.settings import TARGETS, TILING, Tiling
from adgan.image.views import VIEWS
from adgan.instances.votes import find_nuclei
from adgan.metrics import count_overlap, f1
from adgan.segmentation.segment import segment
from adgan.segmentation.untrained import built_in
from adgan.synth.samples import simulated_sample

CHANNELS = ("foreground", "depth", "contact", "size", "offset")


def in_tiles(monkeypatch, side, overlap, network, image):
    ndim = image.ndim
    monkeypatch.setitem(TILING, ndim, Tiling(side, overlap))
    return network.maps(image)


@pytest.mark.parametrize(
    ("shape", "side", "overlap"), [((90, 131), 48, 24), ((30, 50, 41), 28, 20)], ids=["2D", "3D"]
)
def test_tiles_give_what_one_pass_gives(small_network, monkeypatch, shape, side, overlap):
    network = small_network(len(shape))
    image = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    whole = in_tiles(monkeypatch, 1000, 100, network, image)
    tiled = in_tiles(monkeypatch, side, overlap, network, image)
    # The last rows were reflected, and all of it sees the frame within the network's reach.
    inner = (..., *[slice(12, -14)] * len(shape))
    for name in CHANNELS:
        assert getattr(tiled, name)[inner] == pytest.approx(getattr(whole, name)[inner], abs=1e-3)


def test_tiles_of_the_built_in_network_show_the_same_nuclei(monkeypatch):
    ((image, _, _),) = simulated_sample(images=1)
    image = image.astype(np.float32)[:240, :256]
    seen = measure_normalisation(image).apply(image)
    whole = in_tiles(monkeypatch, 512, 96, builtin_network(), seen)
    tiled = in_tiles(monkeypatch, 160, 96, builtin_network(), seen)
    off = abs(tiled.foreground - whole.foreground)
    assert off.mean() < 0.01 and np.quantile(off, 0.99) < 0.1
    assert f1(count_overlap(find_nuclei(tiled), find_nuclei(whole)), 0.7) > 0.9


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("shape", [(32, 40), (16, 24, 32)])
def test_the_mean_of_all_views_is_the_same_from_each(small_network, shape, view):
    network = small_network(len(shape))
    image = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    here, there = network.maps(image, views=VIEWS), network.maps(view.apply(image), views=VIEWS)
    for name in CHANNELS[:-1]:
        back = view.undo(getattr(there, name))
        np.testing.assert_allclose(back, getattr(here, name), atol=1e-5)
    np.testing.assert_allclose(view.undo_ways(there.offset), here.offset, atol=1e-5)


@pytest.mark.parametrize("shape", [(7, 9), (16, 33), (5, 6, 7)])
def test_images_of_any_size_have_maps_of_theirs(small_network, shape):
    maps = small_network(len(shape), (4, 6, 8)).maps(np.zeros(shape, np.float32))
    assert {field.name for field in fields(maps)} == {*CHANNELS, "unit"}
    for name in CHANNELS[:-1]:
        channel = getattr(maps, name)
        assert channel.shape == shape and channel.dtype == np.float32
    assert maps.offset.shape == (len(shape), *shape) and maps.unit == TARGETS[len(shape)].unit
    for probability in (maps.foreground, maps.contact):
        assert 0 < probability.min() and probability.max() < 1


def test_the_package_carries_a_small_network_with_its_doubt():
    network = builtin_network()
    assert builtin_network() is network and network.ndim == 2 and not network.module.training
    assert (
        len(network.confidence_model.weights) == len(network.confidence_model.mean) == len(FEATURES)
    )
    assert (network.confidence_model.deviation > 0).all()
    assert sum(p.numel() for p in network.module.parameters()) < 1_000_000  # 2 MB in halves


@pytest.mark.parametrize(("ndim", "shape"), [(2, (96, 96)), (3, (40, 48, 48))])
@pytest.mark.parametrize("level", [-1.5, -1.2, -0.5, 0.0, 0.5])
def test_a_constant_region_shows_no_nuclei_at_any_level(ndim, shape, level):
    maps = builtin_network(ndim).maps(np.full(shape, level, np.float32))
    assert np.median(maps.foreground) < 0.15 and maps.foreground.max() < 0.5


def test_few_bits_give_the_same_nuclei():
    ((image, _, _),) = simulated_sample(images=1, seed=5)
    exact, few = (
        segment(built_in(precision=precision), [image[:160, :180]], device="cpu")[0]
        for precision in ("float32", "bfloat16")
    )
    assert exact.count > 10 and f1(count_overlap(few.labels, exact.labels), 0.8) == 1
