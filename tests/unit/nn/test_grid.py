import pytest
import torch

from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.grid import plan_levels, total_stride

LABEL = torch.tensor([[1.0, 0.0]])


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("first", [1.0, 1.4])
def test_pixels_that_are_about_square_are_halved_alike(ndim, first):
    for level in plan_levels((first,) + (1.0,) * (ndim - 1), 3):
        assert level.stride == (2,) * ndim
        assert level.kernel(3) == (3,) * ndim
        assert level.strided() == ((4,) * ndim, (1,) * ndim)


def test_coarse_planes_are_left_alone_until_the_others_have_caught_up():
    levels = plan_levels((2.0, 0.5, 0.5), 3)
    assert [level.stride for level in levels] == [(1, 2, 2), (1, 2, 2), (2, 2, 2), (2, 2, 2)]
    assert [level.spacing for level in levels] == [(4, 1, 1), (2, 1, 1), (1, 1, 1), (1, 1, 1)]
    assert total_stride(levels) == (2, 8, 8)


def test_kernels_reach_equally_far_in_space():
    (level,) = plan_levels((4.0, 1.0, 1.0), 0)
    assert level.kernel(3) == (1, 3, 3)
    assert level.kernel(7) == (3, 7, 7)
    assert level.strided() == ((1, 4, 4), (0, 1, 1))
    (level,) = plan_levels((1.6, 1.0, 1.0), 0)
    assert level.kernel(3) == (3, 3, 3)
    assert level.strided() == ((3, 4, 4), (1, 1, 1))


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("spacing", [(1.6, 1.0, 1.0), (3.0, 1.0, 1.0), (8.0, 1.0, 1.0)])
def test_networks_keep_the_size_whatever_the_voxels(smooth, spacing):
    x = torch.randn(1, 1, 8, 16, 24)
    encoder = Encoder(spacing, 2, 1, 7)
    content = encoder(x, LABEL)
    assert content.shape[2:] == tuple(
        n // s for n, s in zip(x.shape[2:], encoder.stride, strict=True)
    )
    image = Decoder(spacing, 2, 1, 7, smooth=smooth)(content, LABEL)
    assert image.shape == x.shape


def test_the_discriminator_judges_thin_crops_of_long_voxels():
    logits = Discriminator((4.0, 1.0, 1.0), 2, halvings=2)(torch.randn(1, 1, 8, 32, 32), LABEL)
    # Planes are not halved, and the last layers still look across two of them.
    assert logits.shape == (1, 8 - 2, 6, 6)
