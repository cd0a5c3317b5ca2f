import pytest
import torch

from adgan.nn.discriminator import Discriminator


@pytest.mark.parametrize("sides", [(32, 40), (32, 32, 40)])
def test_one_logit_a_patch(sides):
    logits = Discriminator((1,) * len(sides), width=2)(torch.zeros(2, 1, *sides), torch.eye(2))
    assert logits.shape == (2, *(n // 8 - 2 for n in sides))


def test_channels_are_the_papers_at_width_64():
    network = Discriminator((1, 1), 64)
    shapes = [tuple(layer.weight.shape[:2]) for layer in network.body]
    assert shapes == [(64, 1), (128, 64), (256, 128), (512, 256)]  # Table 8
    assert network.branches.weight.shape == (2, 512, 4, 4)


def test_each_domain_has_its_branch_and_shares_the_body():
    network = Discriminator((1, 1), width=2)
    x, labels = torch.randn(2, 1, 32, 32), torch.eye(2)
    network(x, labels[:1].repeat(2, 1)).sum().backward()
    assert network.branches.weight.grad[0].any()
    assert not network.branches.weight.grad[1].any()
    mixed = network(x, labels)
    torch.testing.assert_close(mixed[1], network(x[1:], labels[1:])[0])
    assert not mixed[1].equal(network(x[1:], labels[:1])[0])
