import pytest
import torch

from adgan_bench.networks.unet import UNet


@pytest.mark.parametrize("ndim", [2, 3])
def test_gives_each_class_a_map_of_the_images_size(ndim):
    net = UNet(ndim, classes=3, width=2, depth=2)
    assert net(torch.zeros(2, 1, *(16,) * ndim)).shape == (2, 3, *(16,) * ndim)


def test_width_doubles_at_every_halving():
    net = UNet(2, classes=1, width=4, depth=3)
    assert [layer[0].out_channels for layer in net.down] == [8, 16, 32]
    assert [layer[0].in_channels for layer in net.up] == [32, 16, 8]


def test_every_parameter_learns_and_fine_detail_passes_the_skips():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = UNet(2, classes=1, width=8, depth=2)
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    # Single pixels are finer than anything below the first skip can carry.
    x = (torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    for _ in range(40):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), x)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1
    assert all(p.grad is not None for p in net.parameters())
