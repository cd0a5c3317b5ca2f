import numpy as np
import pytest
import torch

from adgan.builtin.objective import objective
from adgan.builtin.targets import HEADS, make_targets


@pytest.fixture(params=[2, 3])
def case(balls, request):
    """Targets ``1 C (Z) Y X`` of two touching nuclei, and the output that gives them."""
    ndim = request.param
    middle = (12,) * (ndim - 1)
    labels = balls((24,) * (ndim - 1) + (40,), [(*middle, 11), (*middle, 28)], 9)
    made = make_targets(labels)
    target = np.concatenate([np.stack([made[name] for name in HEADS]), made["offset"]])
    target = torch.from_numpy(target)[None]
    output = target.clone()
    for name in ("foreground", "contact"):
        i = HEADS.index(name)
        output[:, i] = 40 * target[:, i] - 20
    return output, target, torch.ones_like(target[:, :1])


def total(*case):
    return float(sum(objective(*case).values()))


def test_a_perfect_output_costs_nothing(case):
    terms = objective(*case)
    assert terms.keys() == {"foreground", "dice", "depth", "contact", "size", "offset"}
    assert sum(terms.values()) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("channel", range(6))
def test_every_channel_counts(case, channel):
    output, target, weight = case
    if channel < output.shape[1]:
        wrong = output.clone()
        wrong[:, channel] = 0.3 - wrong[:, channel]
        assert total(wrong, target, weight) > 0.05


def test_what_is_in_doubt_costs_nothing(case):
    output, target, weight = case
    doubt = target[:, :1] == 0
    doubt[..., :20] = True
    wrong = torch.where(doubt, output + 3, output)
    known = (~doubt).float()
    assert total(wrong, target, known) == pytest.approx(total(output, target, known), abs=1e-5)
    assert total(wrong, target, weight) > 0.1


def test_sizes_and_offsets_of_the_background_are_nobodys_concern(case):
    output, target, weight = case
    wrong = output.clone()
    wrong[:, HEADS.index("size")] += 5 * (target[:, 0] == 0)
    wrong[:, len(HEADS) :] += 5 * (target[:, :1] == 0)
    assert total(wrong, target, weight) == pytest.approx(total(*case), abs=1e-5)


def test_nothing_sure_is_no_trouble(case):
    output, target, weight = case
    output = (output + 1).requires_grad_()
    terms = objective(output, target, 0 * weight)
    torch.stack(list(terms.values())).sum().backward()
    assert output.grad.isfinite().all()


def test_the_loss_falls_towards_the_truth(case):
    output, target, weight = case
    start = torch.zeros_like(output)
    costs = [total(start + share * (output - start), target, weight) for share in (0, 0.3, 0.7, 1)]
    assert costs == sorted(costs, reverse=True)
