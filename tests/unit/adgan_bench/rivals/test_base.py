import torch
from torch import nn
from torch.optim import SGD

from adgan_bench.rivals.base import Size, descend


def test_a_step_moves_its_own_networks_alone():
    maker, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
    before = [p.clone() for p in discriminator.parameters()]
    start = maker.weight.clone()
    descend(SGD(maker.parameters(), lr=0.1), discriminator(maker(torch.ones(1, 2))).sum())
    assert not torch.equal(maker.weight, start)
    assert all(p.grad is None for p in discriminator.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, discriminator.parameters(), strict=True))


def test_a_network_of_one_domain_takes_a_code_of_one_number():
    size = Size(width=2, blocks=1, kernel=3)
    x, code = torch.zeros(2, 1, 32, 32), torch.ones(2, 1)
    assert size.decoder()(size.encoder()(x, code), code).shape == x.shape
    assert size.discriminator()(x, code).shape == (2, 2, 2)
