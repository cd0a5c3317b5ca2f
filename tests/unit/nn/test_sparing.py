"""Memory saved in training changes no number."""

import pytest
import torch

from adgan.nn import blocks
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.blocks import CONV, OneChannel, conv


def gradients(large, monkeypatch):
    monkeypatch.setattr(blocks, "LARGE_MAP_VALUES", large)
    torch.manual_seed(0)
    encoder, decoder = Encoder((1, 1, 1), 2, 1, 3), Decoder((1, 1, 1), 2, 1, 3)
    x, domain = torch.rand(2, 1, 8, 12, 12), torch.eye(2)
    made = decoder(encoder(x, domain), 1 - domain)
    (made**2).mean().backward()
    return made.detach(), [p.grad for n in (encoder, decoder) for p in n.parameters()]


def test_what_is_computed_again_gives_the_same_gradients(monkeypatch):
    made, kept = gradients(2**30, monkeypatch)
    again, spared = gradients(1, monkeypatch)
    assert torch.equal(made, again)
    assert all(torch.equal(a, b) for a, b in zip(kept, spared, strict=True))


@pytest.mark.parametrize("kernel", [(7, 7, 7), (1, 3, 3), (3, 7, 7)])
def test_one_channel_is_a_convolution(kernel):
    torch.manual_seed(0)
    ours = conv(3, 1, kernel)
    assert isinstance(ours, OneChannel)
    padding = tuple(k // 2 for k in kernel)
    plain = CONV[3](3, 1, kernel, padding=padding, padding_mode="reflect")
    plain.load_state_dict(ours.state_dict())
    x = torch.rand(2, 3, 9, 10, 11)
    torch.testing.assert_close(ours(x), plain(x), atol=1e-5, rtol=1e-5)
