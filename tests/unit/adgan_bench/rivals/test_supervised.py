import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from adgan_bench.rivals.supervised import (
    BACKGROUND,
    BOUNDARY,
    DEEPSYNTH,
    INTERIOR,
    TRANSUNET,
    UNET,
    Example,
    bce_dice,
    classes_of,
    draw,
    half_dice,
    make_network,
    parameters,
    probabilities,
    soft_dice,
)


def test_an_image_and_its_classes_are_cropped_and_turned_alike():
    values = np.arange(90 * 100).reshape(90, 100)
    images, classes = draw([Example(values.astype(np.float32), values)], (64, 64), 4, 0, step=3)
    assert images.shape == (4, 1, 64, 64)
    assert (images[:, 0] == classes).all()


def test_touching_nuclei_have_a_rim_between_them():
    labels = np.zeros((12, 24), int)
    labels[2:10, 2:12], labels[2:10, 12:22] = 1, 2
    row = classes_of(labels)[6]
    assert (row[:2] == BACKGROUND).all()
    assert (row[10:14] == BOUNDARY).all()
    assert row[6] == row[17] == INTERIOR


@pytest.mark.parametrize("learner", [UNET, TRANSUNET, DEEPSYNTH])
def test_a_network_is_no_smaller_than_asked(learner):
    goal = 100_000
    network = make_network(learner, 2, 64, goal, seed=0)
    assert goal <= parameters(network) < 2 * goal


def test_its_seed_decides_the_weights_and_nothing_else():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, same, other = (make_network(UNET, 2, 64, 1000, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one.first[0].weight, same.first[0].weight)
    assert not torch.equal(one.first[0].weight, other.first[0].weight)


def test_dice_is_zero_for_the_truth_and_one_for_its_opposite():
    truth = torch.zeros(1, 100, 100)
    truth[:, :50] = 1
    assert soft_dice(truth, truth) == pytest.approx(0, abs=1e-3)
    assert soft_dice(1 - truth, truth) == pytest.approx(1, abs=1e-3)


def test_losses_are_what_their_papers_say():
    logits, classes = torch.randn(2, 3, 8, 8), torch.randint(3, (2, 8, 8))
    shares = logits.softmax(1)
    dice = sum(soft_dice(shares[:, k], (classes == k).float()) for k in range(3)) / 3
    expected = 0.5 * F.cross_entropy(logits, classes) + 0.5 * dice
    assert torch.allclose(half_dice(logits, classes), expected)
    binary, truth = logits[:, :1], (classes > 0).float()
    entropy = F.binary_cross_entropy_with_logits(binary[:, 0], truth)
    expected = 10 * entropy + soft_dice(binary[:, 0].sigmoid(), truth)
    assert torch.allclose(bce_dice(binary, classes), expected)


class Copy(nn.Module):
    """Calls a bright pixel foreground: what it says of a pixel depends on that pixel alone."""

    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return 5 * self.one * x


@pytest.mark.parametrize("shape", [(40, 56), (37, 150), (20, 61)])
def test_tiles_show_no_seams(shape):
    image = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    whole, tiled = probabilities(Copy(), image), probabilities(Copy(), image, (32, 32))
    assert whole.shape == tiled.shape == (1, *shape)
    assert np.allclose(whole, tiled, atol=1e-5)
    assert np.allclose(whole[0], 1 / (1 + np.exp(-5 * image)), atol=1e-5)
