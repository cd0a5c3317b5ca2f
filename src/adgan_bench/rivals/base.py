"""The base of methods for unpaired translation: networks, one training step, and translation.

A rival is one file beside this one with a class that extends :class:`Method`. All rivals build
their networks from the same blocks and with the same width, by :class:`Size`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from adgan.models.history import History
from adgan.nn.adain import Norm, adain
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.initialise import Network, initialise
from adgan.system.seeding import generator as random_generator

HISTORY_SIZE = 50
"""Number of past translations per domain that may be shown to a discriminator again."""


@dataclass(frozen=True)
class Size:
    """Sizes of networks and settings of the optimiser, the same for every method.

    Parameters
    ----------
    spacing, width, blocks, kernel, smooth
        Settings of encoders and decoders, see :mod:`adgan.nn.autoencoder`.
    discriminator_width, halvings
        Settings of discriminators, see :mod:`adgan.nn.discriminator`.
    betas, decay
        Settings of Adam.
    seed
        Random seed of weights and noise.
    """

    spacing: tuple[float, ...] = (1.0, 1.0)
    width: int = 8
    discriminator_width: int = 8
    blocks: int = 2
    kernel: int = 7
    smooth: bool = True
    betas: tuple[float, float] = (0.5, 0.99)
    decay: float = 1e-4
    seed: int = 0
    halvings: int = 3

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.spacing)

    def encoder(self, code: int = 1, blocks: int | None = None) -> Encoder:
        """Return an encoder; with a constant code it has plain instance normalisation."""
        blocks = self.blocks if blocks is None else blocks
        return Encoder(self.spacing, self.width, blocks, self.kernel, code=code)

    def decoder(self, code: int = 1) -> Decoder:
        """Return a decoder."""
        return Decoder(self.spacing, self.width, self.blocks, self.kernel, self.smooth, code)

    def discriminator(self, domains: int = 1) -> Discriminator:
        """Return a patch discriminator."""
        return Discriminator(self.spacing, self.discriminator_width, domains, self.halvings)


class Method(nn.Module, ABC):
    """A rival: its networks, one training step, and translation between image and mask.

    A subclass creates its networks and then calls :meth:`ready` with them. Initial weights and all
    random draws depend on ``size.seed``.
    """

    rate: ClassVar[float] = 1e-3
    """Learning rate; papers use a fifth of it, for networks eight times as wide."""

    def __init__(self, size: Size):
        super().__init__()
        self.size = size
        self.optimisers: list[Optimizer] = []
        self.histories = {name: History(HISTORY_SIZE) for name in ("images", "masks")}

    @property
    def width(self) -> int:
        """Channels of the largest feature map."""
        return self.size.width

    @abstractmethod
    def step(self, images: Tensor, masks: Tensor, step: int, progress: float) -> dict[str, float]:
        """Update all networks once.

        Parameters
        ----------
        images, masks
            Unpaired batches ``B 1 (Z) Y X`` in [-1, 1].
        step
            Number of the step; it seeds the random draws of the step.
        progress
            Completed fraction of the training, 0 to 1.

        Returns
        -------
        dict
            The terms of the loss by name.
        """

    @abstractmethod
    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source`, ``IMAGE`` or ``MASK``, to the other one."""

    def ready(self, makers: Sequence[Network], discriminators: Sequence[Network]) -> None:
        """Draw initial weights and create the optimisers of makers and discriminators.

        Parameters
        ----------
        makers
            Networks that minimise the loss, initialised by Kaiming's rule.
        discriminators
            Their adversaries, initialised from N(0, 0.02).
        """
        for number, network in enumerate([*makers, *discriminators]):
            std = 0.02 if number >= len(makers) else None
            initialise(network, 100 * self.size.seed + number, std)
        self.makers, self.discriminators = (
            self._adam(networks) for networks in (makers, discriminators)
        )
        self.optimisers = [self.makers, self.discriminators]

    def _adam(self, networks: Sequence[nn.Module]) -> Adam:
        parameters = [p for network in networks for p in network.parameters()]
        return Adam(parameters, betas=self.size.betas, weight_decay=self.size.decay)

    def random(self, step: int, purpose: str = "step") -> np.random.Generator:
        """Return the random generator of a step."""
        return random_generator(self.size.seed, purpose, step)

    def normal(self, rng: np.random.Generator, shape: Sequence[int], like: Tensor) -> Tensor:
        """Draw from N(0, I), on the device of `like`."""
        return torch.from_numpy(rng.standard_normal(shape, np.float32)).to(like.device)


def constant(x: Tensor) -> Tensor:
    """Return the constant style code ``B 1`` of a network for one domain."""
    return x.new_ones(len(x), 1)


def descend(optimiser: Optimizer, loss: Tensor) -> None:
    """Take one step of an optimiser; only its own networks get gradients."""
    optimiser.zero_grad()
    loss.backward(inputs=[p for group in optimiser.param_groups for p in group["params"]])
    optimiser.step()


def values(terms: dict[str, Tensor]) -> dict[str, float]:
    """Return the terms of a loss as floats."""
    return {name: float(term.detach()) for name, term in terms.items()}
