"""What holds for every rival, and what makes each of them itself."""

import math

import pytest
import torch

from adgan.models.adgan import IMAGE, MASK
from adgan_bench.rivals.base import Size
from adgan_bench.rivals.cyclegan import CycleGAN
from adgan_bench.rivals.drit import DRIT, divergence
from adgan_bench.rivals.munit import MEMORY, MUNIT, STYLE
from adgan_bench.rivals.spcyclegan import SpCycleGAN
from adgan_bench.rivals.udct import BINS, UDCT, histogram
from adgan_bench.rivals.ufdn import UFDN

RIVALS = [CycleGAN, DRIT, MUNIT, SpCycleGAN, UDCT, UFDN]
SMALL = Size(width=2, discriminator_width=2, blocks=1, kernel=3)


def batch(*sides: int) -> tuple[torch.Tensor, torch.Tensor]:
    drawn = torch.Generator().manual_seed(0)
    images = torch.rand((2, 1, *sides), generator=drawn) * 2 - 1
    return images, torch.where(torch.rand((2, 1, *sides), generator=drawn) > 0.5, 1.0, -1.0)


def trained(make, seed=0, steps=2):
    method = make(Size(width=2, discriminator_width=2, blocks=1, kernel=3, seed=seed))
    for step in range(steps):
        terms = method.step(*batch(32, 32), step, step / steps)
    return method, terms


@pytest.mark.parametrize("make", RIVALS)
def test_a_step_moves_every_network(make):
    method = make(SMALL)
    before = {name: p.clone() for name, p in method.named_parameters()}
    # At progress 1 every term has its full weight.
    terms = method.step(*batch(32, 32), 0, 1.0)
    assert all(math.isfinite(value) for value in terms.values())
    moved = {
        name.split(".")[0]
        for name, p in method.named_parameters()
        if not torch.equal(p, before[name])
    }
    assert moved == {name.split(".")[0] for name in before}


@pytest.mark.parametrize("make", RIVALS)
def test_both_ways_keep_the_shape_and_the_range(make):
    method = make(SMALL)
    images, masks = batch(32, 40)
    for x, source in ((images, IMAGE), (masks, MASK)):
        y = method.translate(x, source)
        assert y.shape == x.shape
        assert y.abs().max() <= 1


@pytest.mark.parametrize("make", RIVALS)
def test_a_seed_decides_everything(make):
    first, second, other = (trained(make, seed)[1] for seed in (3, 3, 4))
    assert first == second
    assert first != other


@pytest.mark.parametrize("make", [CycleGAN, SpCycleGAN])
def test_volumes_pass_too(make):
    method = make(Size(spacing=(1, 1, 1), width=2, discriminator_width=2, blocks=1, kernel=3))
    terms = method.step(*batch(32, 32, 32), 0, 0.0)
    assert all(math.isfinite(value) for value in terms.values())


def test_a_histogram_forgets_places_and_keeps_intensities():
    x = torch.rand(2, 1, 16, 16, requires_grad=True)
    bins = histogram(x)
    shuffled = x.flatten()[torch.randperm(512)].view_as(x)
    assert bins.shape == (1, BINS)
    assert torch.allclose(histogram(shuffled), bins)
    assert torch.allclose(bins.mean(), x.mean())
    bins.sum().backward()
    assert (x.grad != 0).all()


def test_munit_segments_in_the_style_that_masks_had():
    method = MUNIT(SMALL)
    images, masks = batch(32, 32)
    styles = method.styles[MASK](masks).mean(0)
    method.step(images, masks, 0, 0.0)
    assert torch.allclose(method.usual[MASK], MEMORY * styles, atol=1e-6)
    content = method.contents[IMAGE](images, torch.ones(2, 1))
    expected = method.decoders[MASK](content, method.usual[MASK].expand(2, STYLE))
    assert torch.equal(method.translate(images, IMAGE), expected)


def test_drit_shares_the_last_block_of_its_encoders():
    encoder = DRIT(SMALL).encoder
    x = batch(32, 32)[0]
    before = [encoder(x, domain) for domain in (IMAGE, MASK)]
    with torch.no_grad():
        encoder.last.first.weight.mul_(-1)
    for domain in (IMAGE, MASK):
        assert not torch.allclose(encoder(x, domain), before[domain])


def test_the_divergence_is_zero_at_the_standard_normal_alone():
    zero = torch.zeros(3)
    assert divergence(zero, zero) == 0
    assert divergence(zero + 1, zero) == pytest.approx(0.5)
    assert divergence(zero, zero + 1) > 0


def test_ufdn_tells_its_decoder_the_domain():
    method = UFDN(SMALL)
    images, masks = batch(32, 32)
    same = images  # one picture, called an image and then a mask
    assert not torch.allclose(method.translate(same, IMAGE), method.translate(same, MASK))
