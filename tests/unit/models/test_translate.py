"""Tiles share their statistics, so that a tiled image is as a whole one."""

import numpy as np
import pytest
import torch

import adgan.models.moments as statistics
import adgan.models.translate as module
from adgan.image.parts import measure_parts
from adgan.image.tiling import plan_tiles, stitch
from adgan.models.adgan import IMAGE, MASK
from adgan.models.build import axes_of, build_generator, translator_of
from adgan.models.moments import measure_moments, pixels_measured, to_steps
from adgan.models.translate import pixels_drawn, translate
from adgan.nn.adain import measuring
from adgan.recipe.groups import DataSettings
from adgan.recipe.tiling import TilingSettings
from adgan.synth.samples import simulated_sample
from adgan.system.seeding import generator as random_generator

WHOLE = (10_000, 10_000)
HOW = TilingSettings()


@pytest.fixture(scope="module")
def network(tiny):
    """Random weights, the last ones small enough not to saturate."""
    network = build_generator(tiny({"network": {"width": 4, "blocks": 0}})).eval()
    with torch.no_grad():
        network.decoder.head.weight *= 0.2
    return network


@pytest.fixture(scope="module")
def image():
    """Nuclei on the left, nothing but noise on the right."""
    ((drawn, _, _),) = simulated_sample(images=1)
    drawn = np.pad(drawn[:128, :128], [(0, 0), (0, 128)])
    drawn = drawn + random_generator(0).poisson(np.percentile(drawn[:, :128], 5), drawn.shape)
    return measure_parts(drawn, (1.0, 1.0), DataSettings(even=None), (1.0, 1.0)).prepare().working


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def naive(network, image, side, overlap):
    """Tiles that are each normalised by their own statistics."""
    tiles = plan_tiles(image.shape, (side, side), (overlap, overlap), 4)
    pieces = ((t, translate(network, image[t.window], IMAGE, HOW, symmetries=False)) for t in tiles)
    return stitch(image.shape, pieces, (overlap, overlap))


@pytest.mark.parametrize("side", [96, 128])
def test_tiled_and_whole_agree_and_the_naive_way_does_not(network, image, side):
    whole = translate(network, image, IMAGE, HOW, tile=WHOLE, symmetries=False)
    tiled = translate(network, image, IMAGE, HOW, tile=(side, side), symmetries=False)
    apart = naive(network, image, side, 32)
    level = np.quantile(whole, 0.85)
    assert dice(tiled > level, whole > level) >= 0.99
    assert dice(apart > level, whole > level) < 0.9
    assert np.abs(tiled - whole).mean() < 0.1 * np.abs(apart - whole).mean()


def test_averaging_over_symmetries_keeps_the_agreement(network, image):
    whole = translate(network, image, IMAGE, HOW, tile=WHOLE, symmetries=True)
    tiled = translate(network, image, IMAGE, HOW, tile=(128, 128), symmetries=True)
    level = np.quantile(whole, 0.85)
    assert dice(tiled > level, whole > level) >= 0.99


def test_the_average_over_symmetries_turns_with_the_image(network, image):
    square = image[:64, :64]
    mean = translate(network, square, IMAGE, HOW, symmetries=True)
    turned = translate(network, np.rot90(square), IMAGE, HOW, symmetries=True)
    np.testing.assert_allclose(turned, np.rot90(mean), atol=1e-4)
    once = translate(network, square, IMAGE, HOW, symmetries=False)
    assert (
        np.abs(
            translate(network, np.rot90(square), IMAGE, HOW, symmetries=False) - np.rot90(once)
        ).max()
        > 1e-3
    )


def test_moments_are_those_of_the_whole_image(network, image):
    size = image.shape
    moments = []
    with torch.inference_mode():
        norm = measuring(moments, size, [tuple(slice(0, n) for n in size)], [1])
        network.translate(torch.from_numpy(image[None, None]), IMAGE, norm)
    for one, whole in zip(
        measure_moments(network, image.shape, image.__getitem__, IMAGE, HOW), moments, strict=True
    ):
        torch.testing.assert_close(one, whole, rtol=0.02, atol=0.02)


def test_images_too_large_to_measure_are_sampled_from_dark_to_bright(network, image, monkeypatch):
    seen = []
    forward = statistics.forward

    def spy(generator, parts, source, norm):
        seen.append(parts)
        return forward(generator, parts, source, norm)

    monkeypatch.setattr(statistics, "forward", spy)
    how = TilingSettings(window=(64, 64), overlap=(8, 8), values=4 * 3 * 64 * 64, batches=2)
    moments = measure_moments(network, image.shape, image.__getitem__, IMAGE, how)
    assert [len(batch) for batch in seen] == [3, 3]
    assert len(plan_tiles(image.shape, (64, 64), (8, 8), 4)) > 6
    for batch in seen:
        light = batch.mean(axis=(1, 2))
        assert light.min() < image.mean() < light.max()
    whole = translate(network, image, IMAGE, HOW, tile=WHOLE, symmetries=False)
    tiled = stitch_with(network, image, moments)
    level = np.quantile(whole, 0.85)
    assert dice(tiled > level, whole > level) > 0.9


def stitch_with(network, image, moments):
    norm = module.replaying(moments)
    return module.forward(network, image[None], IMAGE, norm)[0]


def shapes_passed(monkeypatch):
    """Return a list that receives the shape of each pass of a network that changes nothing."""
    shapes = []

    def flat(generator, parts, source, norm):
        shapes.append(parts.shape)
        return parts

    monkeypatch.setattr(module, "forward", flat)
    monkeypatch.setattr(module, "measure_moments", lambda *_: [])
    return shapes


def test_memory_is_bounded_by_default(network, monkeypatch):
    shapes = shapes_passed(monkeypatch)
    how = TilingSettings(values=4 * 300 * 512, tile=(128, 128))
    image = random_generator(0).uniform(-1, 1, (300, 517)).astype(np.float32)
    np.testing.assert_allclose(translate(network, image, IMAGE, how), image, atol=1e-6)
    assert max(np.prod(shape) for shape in shapes) <= 128 * 128
    shapes.clear()
    translate(network, image[:, :512], IMAGE, how)
    assert max(np.prod(shape) for shape in shapes) == 300 * 512


def test_a_larger_image_than_volume_passes_whole(network, monkeypatch):
    shapes = shapes_passed(monkeypatch)
    how = TilingSettings(
        values=4 * 64**2, whole=(4 * 256**2, 4 * 32**3), tile=(64, 32), overlap=(8, 8)
    )
    translate(network, np.zeros((256, 256), np.float32), IMAGE, how)
    assert shapes == [(1, 256, 256)]
    translate(network, np.zeros((64, 32, 32), np.float32), IMAGE, how)
    assert max(np.prod(shape) for shape in shapes[1:]) < 32**3
    assert len(shapes) > 2


@pytest.mark.parametrize("shape", [(90, 70), (300, 517)])
def test_what_goes_through_the_network_is_known_beforehand(network, monkeypatch, shape):
    seen = []

    def flat(generator, parts, source, norm):
        seen.append(parts.size)
        return parts

    for part in (module, statistics):
        monkeypatch.setattr(part, "forward", flat)
    how = TilingSettings(values=4 * 96 * 96, window=(64, 64))
    image = np.zeros(shape, np.float32)
    drawn, measured = pixels_drawn(shape, network.width, how)
    translate(network, image, IMAGE, how)
    assert sum(seen) == drawn + measured
    assert (measured > 0) == (len(seen) > 1)
    seen.clear()
    whole = to_steps(image)
    measure_moments(network, whole.shape, whole.__getitem__, IMAGE, how)
    assert sum(seen) == pixels_measured(shape, network.width, how)


@pytest.mark.parametrize("shape", [(1, 1), (5, 70), (33, 18)])
def test_any_size(network, shape):
    out = translate(network, np.zeros(shape, np.float32), IMAGE, HOW)
    assert out.shape == shape and out.dtype == np.float32
    assert np.isfinite(out).all() and np.abs(out).max() <= 1


def test_volumes_in_tiles(tiny):
    data = {"ndim": 3, "crop": (32, 32, 32)}
    network = build_generator(tiny({"data": data, "network": {"blocks": 0}})).eval()
    volume = random_generator(0).uniform(-1, 1, (20, 64, 50)).astype(np.float32)
    whole = translate(network, volume, IMAGE, HOW, tile=(100,) * 3, symmetries=False)
    tiled = translate(network, volume, IMAGE, HOW, tile=(20, 48, 48), symmetries=False)
    assert np.corrcoef(tiled.ravel(), whole.ravel())[0, 1] > 0.99


PLANES = {
    "network": {"planes": True, "width": 4, "blocks": 0},
    "data": {"ndim": 3, "crop": (32, 32, 32), "spacing": (1.5, 1.0, 1.0)},
}


@pytest.fixture(scope="module")
def of_planes(tiny):
    recipe = tiny(PLANES)
    return recipe, translator_of(recipe, build_generator(recipe)).eval()


@pytest.mark.parametrize("source", [IMAGE, MASK])
def test_large_volumes_go_plane_by_plane_and_have_no_seams(of_planes, source, monkeypatch):
    _, network = of_planes
    volume = random_generator(0).uniform(-1, 1, (22, 64, 50)).astype(np.float32)
    padded = to_steps(volume)
    moments = measure_moments(network, padded.shape, padded.__getitem__, source, HOW)
    with torch.inference_mode():
        norm = module.replaying(moments)
        whole = network.translate(torch.from_numpy(padded[None, None]), source, norm)
    monkeypatch.setattr(module, "PASS_VALUES", 3 * 4 * 64 * 52)
    made = translate(network, volume, source, HOW, moments=moments)
    np.testing.assert_allclose(made, whole[0, 0, :22, :, :50], atol=1e-5)


def test_planes_too_large_for_one_pass_are_cut_into_tiles(of_planes):
    recipe, network = of_planes
    volume = random_generator(0).uniform(-1, 1, (24, 96, 80)).astype(np.float32)
    whole = translate(network, volume, IMAGE, TilingSettings(tile=(16, 16)))
    how = TilingSettings(values=4 * 64 * 64, tile=(64, 64))
    drawn, measured = pixels_drawn(volume.shape, network.width, how, axes_of(recipe))
    assert drawn > volume.size and measured
    tiled = translate(network, volume, IMAGE, how)
    assert np.corrcoef(tiled.ravel(), whole.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("shape", [(24, 28, 32), (24, 96, 80)])
def test_what_goes_through_a_network_of_planes_is_known_beforehand(of_planes, monkeypatch, shape):
    recipe, network = of_planes
    seen = {2: 0, 3: 0}

    def flat(generator, parts, source, norm):
        seen[parts.ndim - 1] += parts.size
        return parts

    for part in (module, statistics):
        monkeypatch.setattr(part, "forward", flat)
    monkeypatch.setattr(module, "measure_moments", lambda *_: [])
    how = TilingSettings(values=4 * 30 * 30 * 30, window=(64, 16))
    drawn, measured = pixels_drawn(shape, network.width, how, axes_of(recipe))
    translate(network, np.zeros(shape, np.float32), IMAGE, how)
    if not measured:
        assert seen == {2: 0, 3: drawn}
    else:
        assert seen == {2: 3 * drawn, 3: 0} and drawn == np.prod(shape)
