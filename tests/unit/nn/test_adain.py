import pytest
import torch
from torch.nn import functional as F

from adgan.nn.adain import StyleMLP, adain, measuring, replaying


def tensors(*shape, seed=0):
    source = torch.Generator().manual_seed(seed)
    style = torch.randn(2, shape[0], shape[1], generator=source)
    return 3 * torch.randn(shape, generator=source) + 1, *style


def broadcast(style, x):
    return style.view(*style.shape, *(1,) * (x.ndim - 2))


@pytest.mark.parametrize("sides", [(6, 7), (4, 5, 6)])
def test_adain_is_the_instance_norm_scaled_and_shifted(sides):
    x, scale, shift = tensors(3, 4, *sides)
    expected = F.instance_norm(x) * (1 + broadcast(scale, x)) + broadcast(shift, x)
    torch.testing.assert_close(adain(x, scale, shift), expected)


def test_statistics_of_a_batch_are_those_of_its_samples_side_by_side():
    x, scale, shift = tensors(2, 4, 8, 8)
    scale, shift = scale[:1], shift[:1]
    moments = []
    measured = measuring(moments, (8, 8), [(slice(0, 8), slice(0, 8))] * 2, [1, 1])(x, scale, shift)
    beside = adain(torch.cat([x[:1], x[1:]], dim=3), scale, shift)
    torch.testing.assert_close(torch.cat([measured[:1], measured[1:]], dim=3), beside)


def test_a_sample_may_stand_for_several():
    x, scale, shift = tensors(2, 4, 8, 8)
    whole, weighted, thrice = [(slice(0, 8), slice(0, 8))], [], []
    measuring(weighted, (8, 8), whole * 2, [1, 3])(x, scale, shift)
    measuring(thrice, (8, 8), whole * 4, [1] * 4)(x[[0, 1, 1, 1]], scale[:1], shift[:1])
    torch.testing.assert_close(weighted, thrice)


def test_only_cores_count():
    x, scale, shift = tensors(1, 2, 4, 8)
    spoilt = x.clone()
    spoilt[..., 6:] = 100
    kept, moments = [], []
    # The layer is half as large as the network's input, to whose pixels cores refer.
    measuring(kept, (8, 12), [(slice(0, 8), slice(0, 12))], [1])(x[..., :6], scale, shift)
    measuring(moments, (8, 16), [(slice(0, 8), slice(0, 12))], [1])(spoilt, scale, shift)
    torch.testing.assert_close(moments[0], kept[0])


def test_replaying_uses_the_moments_layer_after_layer():
    x, scale, shift = tensors(1, 2, 8, 8)
    y = tensors(1, 2, 4, 4, seed=1)[0]
    moments = []
    norm = measuring(moments, (8, 8), [(slice(0, 8), slice(0, 8))], [1])
    expected = [norm(x, scale, shift), norm(y, scale, shift)]
    again = replaying(moments)
    assert [again(a, scale, shift).equal(b) for a, b in zip((x, y), expected, strict=True)]
    assert not replaying(moments)(x[..., :4], scale, shift).equal(adain(x[..., :4], scale, shift))


def test_the_perceptron_gives_each_layer_its_style():
    style = StyleMLP([3, 5])(torch.eye(2))
    assert [(a.shape, b.shape) for a, b in style] == [((2, 3), (2, 3)), ((2, 5), (2, 5))]
    assert not style[0][0][0].equal(style[0][0][1])
