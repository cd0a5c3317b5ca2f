import pytest
import torch
from torch import nn

from adgan.nn.fused import convolve_relu


@pytest.fixture(params=[(ndim, last) for ndim in (2, 3) for last in (False, True)])
def layer(request):
    """A convolution, what it is given, and what is added to its result, in either memory order."""
    ndim, last = request.param
    torch.manual_seed(0)
    shape = (16, 12, 20)[-ndim:]
    parts = (
        (nn.Conv2d, nn.Conv3d)[ndim - 2](4, 6, 3, padding=1),
        *(torch.randn(2, channels, *shape) for channels in (4, 6)),
    )
    order = (torch.channels_last, torch.channels_last_3d)[ndim - 2]
    return tuple(part.to(memory_format=order) if last else part for part in parts)


def by_parts(conv, x, onto):
    y = conv(x)
    return torch.relu(y if onto is None else y + onto)


@pytest.mark.parametrize("added", [False, True])
@torch.inference_mode()
def test_one_pass_gives_the_same_numbers(layer, added):
    conv, x, onto = layer
    expected = by_parts(conv, x, onto if added else None)
    got = convolve_relu(conv, x, onto.clone() if added else None)
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("added", [False, True])
@torch.inference_mode()
def test_autocast_decides_on_the_bits(layer, added):
    conv, x, onto = layer
    onto = onto.bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        expected = by_parts(conv, x, onto if added else None)
        got = convolve_relu(conv, x, onto.clone() if added else None)
    assert got.dtype == expected.dtype == torch.bfloat16
    torch.testing.assert_close(got, expected, rtol=2e-2, atol=2e-2)


def test_gradients_flow_where_there_are_some(layer):
    conv, x, onto = layer
    convolve_relu(conv, x, onto).sum().backward()
    got = conv.weight.grad.clone()
    conv.weight.grad = None
    by_parts(conv, x, onto).sum().backward()
    torch.testing.assert_close(got, conv.weight.grad)


@torch.inference_mode()
def test_without_the_library_it_goes_step_by_step(layer, monkeypatch):
    conv, x, onto = layer
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    torch.testing.assert_close(convolve_relu(conv, x, onto.clone()), by_parts(conv, x, onto))
