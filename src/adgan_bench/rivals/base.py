"""What every method of unpaired translation is: networks, one step of training, a way across.

A rival is one file beside this one with a class that extends :class:`Method`; all of them build
their networks from the same blocks at the same width through :class:`Size`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from adgan.methods.history import History
from adgan.nn.adain import Norm, adain
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.initialise import Network, initialise
from adgan.seeding import generator as random_generator

HISTORY = 50
"""Past translations of each domain that a discriminator sees again."""


@dataclass(frozen=True)
class Size:
    """Networks and optimiser, the same for every method of a comparison.

    Parameters
    ----------
    rank, width, blocks, kernel, smooth
        Of encoders and decoders, see :mod:`adgan.nn.autoencoder`.
    critic_width, halvings
        Of discriminators, see :mod:`adgan.nn.discriminator`.
    aspect
        Size of a voxel along each axis, see :mod:`adgan.nn.grid`.
    betas, decay
        Of Adam.
    seed
        Of weights and noise.
    """

    rank: int = 2
    width: int = 8
    critic_width: int = 8
    blocks: int = 2
    kernel: int = 7
    smooth: bool = True
    betas: tuple[float, float] = (0.5, 0.99)
    decay: float = 1e-4
    seed: int = 0
    halvings: int = 3
    aspect: tuple[float, ...] | None = None

    def encoder(self, code: int = 1, blocks: int | None = None) -> Encoder:
        """Return an encoder; a code of one constant number is a plain instance normalisation."""
        blocks = self.blocks if blocks is None else blocks
        return Encoder(self.rank, self.width, blocks, self.kernel, code=code, aspect=self.aspect)

    def decoder(self, code: int = 1) -> Decoder:
        """Return a decoder."""
        return Decoder(
            self.rank, self.width, self.blocks, self.kernel, self.smooth, code, self.aspect
        )

    def critic(self, domains: int = 1) -> Discriminator:
        """Return a patch discriminator."""
        return Discriminator(self.rank, self.critic_width, domains, self.halvings, self.aspect)


class Method(nn.Module, ABC):
    """A rival: its networks, one step, and the way from image to mask and back.

    A subclass defines its networks, then calls :meth:`ready` with them. Initial weights and
    every draw come from ``size.seed``.
    """

    rate: ClassVar[float] = 1e-3
    """Learning rate: papers give a fifth of it, for networks eight times as wide."""

    def __init__(self, size: Size):
        super().__init__()
        self.size = size
        self.optimisers: list[Optimizer] = []
        self.histories = {name: History(HISTORY) for name in ("images", "masks")}

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
            Number of the step; names its randomness.
        progress
            Share of training that is done, from 0 to 1.

        Returns
        -------
        dict
            The terms of the loss by name.
        """

    @abstractmethod
    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source`, ``IMAGE`` or ``MASK``, to the other one."""

    def ready(self, makers: Sequence[Network], critics: Sequence[Network]) -> None:
        """Draw initial weights and make the two optimisers, ``self.makers`` and ``self.critics``.

        Parameters
        ----------
        makers
            Networks that minimise the loss, drawn by Kaiming's rule.
        critics
            Networks that oppose them, drawn from N(0, 0.02).
        """
        for number, network in enumerate([*makers, *critics]):
            std = 0.02 if number >= len(makers) else None
            initialise(network, 100 * self.size.seed + number, std)
        self.makers, self.critics = (self._adam(networks) for networks in (makers, critics))
        self.optimisers = [self.makers, self.critics]

    def _adam(self, networks: Sequence[nn.Module]) -> Adam:
        parameters = [p for network in networks for p in network.parameters()]
        return Adam(parameters, betas=self.size.betas, weight_decay=self.size.decay)

    def random(self, step: int, purpose: str = "step") -> np.random.Generator:
        """Return the source of randomness of a step."""
        return random_generator(self.size.seed, purpose, step)

    def normal(self, rng: np.random.Generator, shape: Sequence[int], like: Tensor) -> Tensor:
        """Draw from N(0, I), on the device of `like`."""
        return torch.from_numpy(rng.standard_normal(shape, np.float32)).to(like.device)


def constant(x: Tensor) -> Tensor:
    """Return the style code of a network that knows one domain alone, ``B 1``."""
    return x.new_ones(len(x), 1)


def descend(optimiser: Optimizer, loss: Tensor) -> None:
    """Take one step of an optimiser; networks of another take no gradient."""
    optimiser.zero_grad()
    loss.backward(inputs=[p for group in optimiser.param_groups for p in group["params"]])
    optimiser.step()


def values(terms: dict[str, Tensor]) -> dict[str, float]:
    """Return terms of a loss as numbers."""
    return {name: float(term.detach()) for name, term in terms.items()}
