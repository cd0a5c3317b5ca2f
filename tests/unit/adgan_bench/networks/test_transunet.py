import torch

from adgan_bench.networks.transunet import Tokens, TransUNet


def test_every_place_sees_all_others():
    tokens = Tokens(2, 8, 4)
    x = torch.randn(1, 8, 4, 4, requires_grad=True)
    tokens(x)[0, 0, 0, 0].backward()
    assert (x.grad.abs().sum(1) > 0).all()


def test_positions_stretch_to_other_sizes():
    network = TransUNet(2, 3, 2, side=32)
    for side in (32, 48):
        assert network(torch.zeros(1, 1, side, side)).shape == (1, 3, side, side)


def test_volumes_pass_too():
    assert TransUNet(3, 1, 2, side=16)(torch.zeros(1, 1, 16, 16, 16)).shape == (1, 1, 16, 16, 16)
