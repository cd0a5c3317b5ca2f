"""What aligned disentangling must satisfy (paper 3.2), and the terms of section 3.4."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from adgan.models.adgan import (
    IMAGE,
    MASK,
    Generator,
    discriminator_loss,
    generator_losses,
    labels_of,
)
from adgan.models.losses import dimness
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.initialise import initialise
from adgan.recipe.groups import LossSettings

WEIGHTS = {"rec": 20.0, "adv": 1.0, "ctr": 1.0, "cyc": 20.0}


def make(aligned=True):
    """Networks and a batch, always the same, in double precision."""
    encoder, decoder = Encoder((1, 1), 2, 1, 3), Decoder((1, 1), 2, 1, 3)
    generator = initialise(Generator(encoder, decoder, aligned), 0).double()
    critic = initialise(Discriminator((1, 1), 2), 1).double()
    x = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0)).double() * 2 - 1
    domain = torch.cat([labels_of(IMAGE, x[:2]), labels_of(MASK, x[2:])])
    return generator, critic, x, domain


def total(terms, names=WEIGHTS):
    return sum(WEIGHTS[name] * terms[name] for name in names)


def gradients(network):
    return {name: p.grad.clone() for name, p in network.named_parameters()}


def step(aligned=True, names=WEIGHTS):
    """Gradients of encoder and decoder after one backward pass of some terms."""
    generator, critic, x, domain = make(aligned)
    total(generator_losses(generator(x, domain), critic, LossSettings()), names).backward()
    for parameter in generator.parameters():
        parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    return gradients(generator.encoder), gradients(generator.decoder)


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        torch.testing.assert_close(one[name], other[name])


def test_the_decoder_learns_from_reconstruction_alone():
    decoder = step(aligned=True)[1]
    assert_same(decoder, step(aligned=True, names=["rec"])[1])
    assert all(gradient.any() for gradient in decoder.values())


def test_the_encoder_learns_from_every_term():
    # Freezing parameters changes no value: its gradient is that of a generator not aligned.
    assert_same(step(aligned=True)[0], step(aligned=False)[0])


@pytest.mark.parametrize("name", ["adv", "ctr", "cyc"])
def test_gradients_flow_through_the_frozen_decoder(name):
    encoder, decoder = step(aligned=True, names=[name])
    assert encoder["stem.weight"].any()
    assert not any(gradient.any() for gradient in decoder.values())


def test_not_aligned_the_decoder_learns_from_every_term():
    decoder = step(aligned=False)[1]
    parts = [step(aligned=False, names=[name])[1] for name in WEIGHTS]
    assert_same(decoder, {k: sum(part[k] for part in parts) for k in decoder})
    assert all(part["up.0.conv.weight"].any() for part in parts)


def test_one_backward_gives_the_gradients_of_two():
    generator, critic, x, domain = make(aligned=False)
    terms = generator_losses(generator(x, domain), critic, LossSettings())
    total(terms, ["rec"]).backward(retain_graph=True)
    rest = total(terms, ["adv", "ctr", "cyc"])
    rest.backward(inputs=list(generator.encoder.parameters()))
    encoder, decoder = step(aligned=True)
    assert_same(encoder, gradients(generator.encoder))
    assert_same(decoder, gradients(generator.decoder))


def test_passes_are_the_papers():
    generator, _, x, domain = make()
    noise = 0.1 * torch.ones_like(x)
    passes = generator(x, domain, noise)
    encode, decode, other = generator.encoder, generator.decoder, domain.flip(1)
    torch.testing.assert_close(passes.content, encode(x, domain))
    torch.testing.assert_close(passes.reconstructed, decode(passes.content, domain))
    torch.testing.assert_close(passes.fake, decode(passes.content, other))
    torch.testing.assert_close(passes.content_again, encode(passes.fake + noise, other))
    torch.testing.assert_close(passes.cycled, decode(passes.content_again, domain))
    torch.testing.assert_close(passes.fake[:2], generator.translate(x[:2], IMAGE))
    torch.testing.assert_close(passes.fake[2:], generator.translate(x[2:], MASK))


def test_terms_are_sums_over_both_domains():
    generator, critic, x, domain = make()
    passes = generator(x, domain)
    terms = generator_losses(passes, critic, LossSettings(adversarial="log"))
    halves = [slice(0, 2), slice(2, 4)]
    pairs = {
        "rec": (passes.reconstructed, x),
        "ctr": (passes.content_again, passes.content),
        "cyc": (passes.cycled, x),
    }
    for name, (one, other) in pairs.items():
        expected = sum(F.l1_loss(one[half], other[half]) for half in halves)
        torch.testing.assert_close(terms[name], expected)
    logits = critic(passes.fake, domain.flip(1))
    expected = sum(-F.logsigmoid(logits[half]).mean() for half in halves)
    torch.testing.assert_close(terms["adv"], expected)
    expected = sum(
        dimness(passes.fake[half], x[half], LossSettings().bright_correlation) for half in halves
    )
    torch.testing.assert_close(terms["dim"], expected)


def test_the_discriminator_calls_reconstructions_real():
    generator, critic, x, domain = make()
    passes = generator(x, domain)
    loss = discriminator_loss(passes, passes.fake, critic)
    real, fake = critic(passes.reconstructed, domain), critic(passes.fake, domain.flip(1))
    torch.testing.assert_close(loss, ((real - 1) ** 2).mean() + (fake**2).mean())
    loss.backward()
    assert all(p.grad is None for p in generator.parameters())


@pytest.mark.parametrize("sides", [(32, 32), (16, 32, 32)])
def test_the_panel_shows_four_rows_of_the_batch(sides):
    generator = Generator(Encoder((1,) * len(sides), 2, 0, 3), Decoder((1,) * len(sides), 2, 0, 3))
    x = torch.zeros(4, 1, *sides)
    panel = generator(x, labels_of(IMAGE, x)).panel()
    assert panel.shape == (4 * 34, 4 * 34, 3)
    assert panel.dtype == np.uint8
    assert (panel[1:33, 1:33] == 127).all()  # the input, 0 between -1 and 1
