import torch

from adgan.models.losses import ADVERSARIAL, dimness

LOGITS = torch.tensor([[-2.0, 0.0], [0.5, 3.0]])
TARGET = 0.2
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


def test_translations_must_be_bright_where_their_inputs_are():
    x = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
    torch.testing.assert_close(dimness(3 * x + 1, x, TARGET), torch.tensor(0.0))
    torch.testing.assert_close(dimness(-x, x, TARGET), torch.tensor(1 + TARGET))
    level = torch.full_like(x, 0.5, requires_grad=True)
    torch.testing.assert_close(dimness(level, x, TARGET), torch.tensor(TARGET))
    dimness(level, x, TARGET).backward()
    assert torch.isfinite(level.grad).all()
    unlike = torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).requires_grad_()
    dimness(unlike, x, TARGET).backward()
    # Going down its slope, a translation becomes more like its input.
    assert (-unlike.grad * (x - x.mean())).sum() > 0
