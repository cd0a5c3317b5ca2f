import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from adgan.nn.instance_unet import InstanceUNet, fold

SHAPES = {2: (24, 40), 3: (8, 16, 24)}


@pytest.fixture(params=[2, 3])
def network(request):
    """A network whose normalisations have seen something."""
    torch.manual_seed(0)
    network = InstanceUNet(request.param, 4 + request.param, (4, 6, 8))
    for part in network.modules():
        if isinstance(part, _BatchNorm):
            nn.init.normal_(part.running_mean, 0, 0.3)
            nn.init.uniform_(part.running_var, 0.5, 2)
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0, 0.3)
    return network.eval()


def seen(network, shape=None, batch=2):
    ndim = network.head.weight.ndim - 2
    shape = shape or SHAPES[ndim]
    return torch.randn(batch, 1, *shape, generator=torch.Generator().manual_seed(1))


@torch.inference_mode()
def test_maps_have_the_shape_of_the_image(network):
    x = seen(network)
    assert network(x).shape == (2, network.head.out_channels, *x.shape[2:])
    assert network.stride == 4


@torch.inference_mode()
def test_folding_gives_the_same_numbers_without_normalisations(network):
    x = seen(network)
    before = network(x)
    assert fold(network) is network
    assert not any(isinstance(part, _BatchNorm) for part in network.modules())
    torch.testing.assert_close(network(x), before, rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_images_of_a_batch_are_seen_each_on_its_own(network):
    x = seen(network)
    torch.testing.assert_close(network(x)[1:], network(x[1:]), rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_an_image_moved_by_the_stride_has_moved_maps(network):
    ndim = network.head.weight.ndim - 2
    x = seen(network, (64, 96)) if ndim == 2 else seen(network, (48, 48, 80), 1)
    moved = torch.roll(x, network.stride, -1)
    inner = (..., *[slice(22, -22)] * ndim)
    back = torch.roll(network(moved), -network.stride, -1)
    torch.testing.assert_close(back[inner], network(x)[inner], rtol=1e-4, atol=1e-5)


def test_every_weight_learns(network):
    network.train()
    network(seen(network)).square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())
    assert all(p.grad.any() for n, p in network.named_parameters() if p.ndim > 1)
