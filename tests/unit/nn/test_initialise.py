import torch

from adgan.nn.autoencoder import Encoder
from adgan.nn.initialise import initialise


def weights(seed, std=None):
    return initialise(Encoder((1, 1), 4, 1), seed, std).state_dict()


def test_weights_depend_on_the_seed_alone_and_leave_the_global_state():
    one = weights(3)
    torch.manual_seed(99)
    assert all(one[name].equal(again) for name, again in weights(3).items())
    assert not one["stem.weight"].equal(weights(4)["stem.weight"])
    network = Encoder((1, 1), 4, 1)
    before = torch.get_rng_state()
    initialise(network, 5)
    assert torch.get_rng_state().equal(before)


def test_spread_is_kaimings_or_the_one_given():
    kaiming, given = weights(0), weights(0, std=0.02)
    layer = "down.1.weight"  # 16 channels of 4 x 4 enter 16
    fan = kaiming[layer][0].numel()
    assert abs(kaiming[layer].std() / (2 / fan) ** 0.5 - 1) < 0.1
    assert abs(given[layer].std() / 0.02 - 1) < 0.1
    assert not given["stem.bias"].any()
