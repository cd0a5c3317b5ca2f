import pytest
import torch

from adgan.models.adgan import IMAGE, MASK, Generator
from adgan.models.build import build_generator, translator_of
from adgan.models.planes import PlaneGenerator, plane_axes
from adgan.nn.adain import adain, measuring, replaying

FLOOR = 1e-3
PLANES = {
    "network": {"planes": True},
    "data": {"ndim": 3, "crop": (32, 32, 32), "spacing": (1.5, 1.0, 1.0)},
}


@pytest.fixture
def generator(tiny):
    recipe = tiny(PLANES)
    assert recipe.network_ndim == 2
    return translator_of(recipe, build_generator(recipe)).eval()


@pytest.fixture
def volume():
    return torch.rand(2, 1, 16, 20, 24, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_coarse_planes_are_cut_across_z_alone():
    assert plane_axes((1.0, 1.0, 1.0), 2.0) == plane_axes((2.0, 1.0, 1.0), 2.0) == (0, 1, 2)
    assert plane_axes((3.0, 1.0, 1.0), 2.0) == (0,)


def test_images_are_translated_by_the_generator_itself(tiny):
    recipe = tiny()
    generator = build_generator(recipe)
    assert translator_of(recipe, generator) is generator


@torch.inference_mode()
def test_a_volume_keeps_its_shape_and_axes(generator, volume):
    assert isinstance(generator, PlaneGenerator)
    made = generator.translate(volume, IMAGE)
    assert made.shape == volume.shape
    # The axes are treated alike: cut across Y, a turned volume gives what it gives across Z.
    flat = PlaneGenerator(generator.generator, (0,), FLOOR).translate(volume, IMAGE)
    across = PlaneGenerator(generator.generator, (1,), FLOOR).translate(volume.movedim(2, 3), IMAGE)
    torch.testing.assert_close(across.movedim(3, 2), flat, atol=1e-4, rtol=1e-3)


@torch.inference_mode()
def test_masks_are_what_axes_agree_on_and_images_their_mean(generator, volume):
    alone = [PlaneGenerator(generator.generator, (a,), FLOOR) for a in range(3)]
    shares = [(one.translate(volume, IMAGE) + 1) / 2 for one in alone]
    joined = (generator.translate(volume, IMAGE) + 1) / 2
    product = shares[0] * shares[1] * shares[2]
    torch.testing.assert_close(joined, product ** (1 / 3), atol=1e-4, rtol=1e-3)
    drawn = sum(one.translate(volume, MASK) for one in alone) / 3
    torch.testing.assert_close(generator.translate(volume, MASK), drawn, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_statistics_are_those_of_the_volume(generator, volume):
    volume = volume[:1]
    shapes = []

    def noting(x, scale, shift):
        shapes.append((tuple(x.shape), tuple(scale.shape)))
        return adain(x, scale, shift)

    generator.translate(volume, IMAGE, noting)
    assert shapes[0] == ((1, 2, 16, 20, 24), (1, 2))
    # An empty plane in a volume is not blown up to the contrast of the others.
    empty = torch.full((1, 1, 16, 20, 24), -1.0)
    empty[:, :, 8:] = volume[:, :, 8:]
    empty[:, :, :4] += 1e-3 * torch.rand(4, 20, 24)
    flat = PlaneGenerator(generator.generator, (0,), FLOOR).translate(empty, IMAGE)
    assert flat[0, 0, :4].std() < flat[0, 0, 8:].std()


@torch.inference_mode()
def test_measured_statistics_replay_to_the_same(generator, volume):
    volume, moments = volume[:1], []
    whole = [slice(0, n) for n in volume.shape[2:]]
    norm = measuring(moments, volume.shape[2:], [whole], [1.0])
    first = generator.translate(volume, IMAGE, norm)
    again = generator.translate(volume, IMAGE, replaying(moments))
    torch.testing.assert_close(first, again)
    torch.testing.assert_close(first, generator.translate(volume, IMAGE), atol=1e-4, rtol=1e-3)


def test_the_inner_parts_are_at_hand(generator):
    assert isinstance(generator.generator, Generator)
    assert generator.encoder is generator.generator.encoder
    assert generator.decoder is generator.generator.decoder
    assert generator.width == generator.generator.width
