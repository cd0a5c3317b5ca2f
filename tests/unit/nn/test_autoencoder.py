import pytest
import torch

from adgan.nn.autoencoder import Decoder, Encoder

LABEL = torch.tensor([[1.0, 0.0]])


@pytest.mark.parametrize("sides", [(32, 40), (16, 24, 32)])
@pytest.mark.parametrize("smooth", [False, True])
def test_shapes_at_any_rank(sides, smooth):
    ndim = len(sides)
    content = Encoder((1,) * ndim, width=2, blocks=1)(torch.zeros(1, 1, *sides), LABEL)
    assert content.shape == (1, 8, *(n // 4 for n in sides))
    image = Decoder((1,) * ndim, width=2, blocks=1, smooth=smooth)(content, LABEL)
    assert image.shape == (1, 1, *sides)
    assert image.abs().max() <= 1


def test_channels_are_the_papers_at_width_64():
    encoder, decoder = Encoder((1, 1), 64, 4, 7), Decoder((1, 1), 64, 4, 7, smooth=False)
    shapes = [tuple(layer.weight.shape) for layer in (encoder.stem, *encoder.down)]
    assert shapes == [(64, 1, 7, 7), (128, 64, 4, 4), (256, 128, 4, 4)]  # Table 5
    for blocks in (encoder.blocks, decoder.blocks):
        assert len(blocks) == 4
        for block in blocks:
            assert block.first.weight.shape == block.second.weight.shape == (256, 256, 3, 3)
    # Table 7; torch puts the channels that enter a transposed convolution first.
    assert [tuple(up.conv.weight.shape) for up in decoder.up] == [(256, 128, 3, 3), (128, 64, 3, 3)]
    assert decoder.head.weight.shape == (1, 64, 7, 7)
    # Table 6: 2, 256, 256 and one scale and shift a channel of every AdaIN layer.
    widths = [layer.weight.shape for layer in encoder.style.layers[::2]]
    assert widths == [(256, 2), (256, 256), (2 * (64 + 128 + 256 + 8 * 256), 256)]
    assert decoder.style.layers[-1].weight.shape == (2 * (8 * 256 + 128 + 64), 256)


def test_the_domain_reaches_what_it_should():
    x, labels = torch.randn(1, 1, 16, 16), torch.eye(2)
    styled, plain = Encoder((1, 1), 2, 1), Encoder((1, 1), 2, 1, styled=False)
    assert not styled(x, labels[:1]).equal(styled(x, labels[1:]))
    assert plain(x, labels[:1]).equal(plain(x, labels[1:]))
    content = styled(x, labels[:1])
    decoder = Decoder((1, 1), 2, 1)
    assert not decoder(content, labels[:1]).equal(decoder(content, labels[1:]))
