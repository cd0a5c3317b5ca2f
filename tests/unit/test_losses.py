import torch

from adgan.losses import ADVERSARIAL

LOGITS = torch.tensor([[-2.0, 0.0], [0.5, 3.0]])
PROBABILITY = 1 / (1 + torch.exp(-LOGITS))


def test_least_squares():
    loss = ADVERSARIAL["least_squares"]
    torch.testing.assert_close(loss(LOGITS, True), ((LOGITS - 1) ** 2).mean())
    torch.testing.assert_close(loss(LOGITS, False), (LOGITS**2).mean())


def test_log_likelihood():
    loss = ADVERSARIAL["log"]
    torch.testing.assert_close(loss(LOGITS, True), -PROBABILITY.log().mean())
    torch.testing.assert_close(loss(LOGITS, False), -(1 - PROBABILITY).log().mean())


def test_the_log_form_stays_finite_where_the_formula_does_not():
    assert torch.isfinite(ADVERSARIAL["log"](torch.tensor([1000.0, -1000.0]), False))
