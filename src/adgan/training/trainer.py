"""Networks, optimisers, and one training step (paper 3.4)."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, distributed
from torch.optim import Adam, Optimizer

from adgan.errors import AdganError
from adgan.models.adgan import (
    IMAGE,
    MASK,
    Passes,
    discriminator_loss,
    generator_losses,
    labels_of,
)
from adgan.models.build import build_discriminator, build_generator
from adgan.models.history import History
from adgan.nn.layout import with_channels_last
from adgan.recipe.recipe import Recipe
from adgan.runs import STATE
from adgan.runs.tensors import load_tensors, save_tensors
from adgan.runs.weights import assign
from adgan.system.seeding import generator as random_generator

_MOMENTS = ("exp_avg", "exp_avg_sq")
"""The tensors that Adam keeps for each parameter, besides its step count."""


class Trainer:
    """Everything that a training step changes: networks, optimisers and histories.

    Parameters
    ----------
    recipe
        Settings of the run.
    fabric
        Fabric that places networks and batches on the device.
    """

    def __init__(self, recipe: Recipe, fabric: Fabric):
        self.recipe = recipe
        self.fabric = fabric
        self.generator = build_generator(recipe)
        self.discriminator = build_discriminator(recipe)
        if fabric.world_size == 1:  # else the processes drift from what one of them learns
            for network in (self.generator, self.discriminator):
                with_channels_last(network, recipe.network_ndim)
        self.generator_, self.optimiser = fabric.setup(self.generator, self._adam(self.generator))
        self.discriminator_, self.discriminator_optimiser = fabric.setup(
            self.discriminator, self._adam(self.discriminator)
        )
        self.histories = [History(recipe.loss.history) for _ in (IMAGE, MASK)]

    def step(self, batch: Tensor, step: int, rate: float) -> tuple[dict[str, float], Passes]:
        """Update the generator, then the discriminator on the outputs from before that update.

        Parameters
        ----------
        batch
            ``2B 1 (Z) Y X``: images, then masks; each of several processes takes a share.
        step
            Number of the step; it seeds the random draws of the step.
        rate
            Learning rate of both optimisers.

        Returns
        -------
        losses
            Unweighted loss terms of the whole batch; ``dis`` is that of the discriminator.
        passes
            Outputs of the generator for the share of this process, for pictures.
        """
        loss = self.recipe.loss
        rng = random_generator(self.recipe.seed, "step", step)
        for optimiser in (self.optimiser, self.discriminator_optimiser):
            for group in optimiser.param_groups:
                group["lr"] = rate
        x = self.fabric.to_device(_share(self.fabric, batch))
        half = len(x) // 2
        domain = torch.cat([labels_of(IMAGE, x[:half]), labels_of(MASK, x[half:])])

        passes = self.generator_(x, domain, self._noise(rng, batch))
        # The discriminator only passes these gradients on and learns nothing here. The wrapped one
        # would wait for gradients of other processes.
        terms = generator_losses(passes, self.discriminator, loss, partial(_whole, self.fabric))
        total = (
            loss.reconstruction * terms["rec"]
            + loss.content * terms["ctr"]
            + loss.cycle * terms["cyc"]
            + loss.bright * terms["dim"]
            + terms["adv"]
        )
        self.optimiser.zero_grad()
        learning = [p for p in self.generator.parameters() if p.requires_grad]
        self.fabric.backward(total, inputs=learning)
        self.optimiser.step()

        # Every process keeps the whole history and draws the same samples from it.
        past = [
            _part_of(self.fabric, history.exchange(rng, _whole(self.fabric, fake)))
            for history, fake in zip(self.histories, passes.fake.detach().split(half), strict=True)
        ]
        opposed = discriminator_loss(passes, torch.cat(past), self.discriminator_, loss.adversarial)
        self.discriminator_optimiser.zero_grad()
        self.fabric.backward(opposed)
        self.discriminator_optimiser.step()
        terms["dis"] = opposed
        means = self.fabric.all_reduce(torch.stack(list(terms.values())).detach(), reduce_op="mean")
        assert isinstance(means, Tensor)
        return dict(zip(terms, means.tolist(), strict=True)), passes

    def save(self, folder: Path, step: int) -> None:
        """Write everything that resuming needs into one file."""
        save_tensors(folder / STATE, self.state() | {"step": torch.tensor(step)})

    def state(self) -> dict[str, Tensor]:
        """Return everything that training changes, as named tensors."""
        tensors = {f"generator.{k}": v for k, v in self.generator.state_dict().items()}
        tensors |= {f"discriminator.{k}": v for k, v in self.discriminator.state_dict().items()}
        tensors |= _flatten("optimiser", self.optimiser)
        tensors |= _flatten("discriminator_optimiser", self.discriminator_optimiser)
        for k, history in enumerate(self.histories):
            if (pool := history.state()) is not None:
                tensors[f"history.{k}"] = pool
        return tensors

    def save_weights(self, path: Path) -> None:
        """Write the weights of the generator, which are all that segmentation needs."""
        save_tensors(path, self.generator.state_dict())

    @staticmethod
    def saved_step(folder: Path) -> int:
        """Return the step of the state saved in a run folder; 0 if there is none."""
        path = folder / STATE
        if not path.exists():
            return 0
        step = load_tensors(path).get("step")
        if step is None or step.ndim or step.dtype != torch.int64 or step < 0:
            raise _damaged(path)
        return int(step)

    def restore(self, folder: Path) -> None:
        """Restore the state in a run folder.

        Raises
        ------
        AdganError
            If the state is missing, damaged, or does not fit the networks.
        """
        path = folder / STATE
        self.take(load_tensors(path), path)

    def take(self, tensors: dict[str, Tensor], path: Path = Path(STATE)) -> None:
        """Restore the tensors from :meth:`state`; errors name `path`.

        Raises
        ------
        AdganError
            If the state is damaged, or belongs to another run.
        """
        assign(self.generator, _part(tensors, "generator"), path)
        assign(self.discriminator, _part(tensors, "discriminator"), path)
        for name, optimiser in (
            ("optimiser", self.optimiser),
            ("discriminator_optimiser", self.discriminator_optimiser),
        ):
            try:
                _unflatten(_part(tensors, name), optimiser)
            except (KeyError, ValueError, IndexError) as error:
                raise _damaged(path) from error
        sample = (1, *self.recipe.data.crop[-self.recipe.network_ndim :])
        for k, history in enumerate(self.histories):
            pool = tensors.get(f"history.{k}")
            if pool is not None and (pool.shape[1:] != sample or len(pool) > history.size):
                raise _damaged(path)
            history.restore(None if pool is None else self.fabric.to_device(pool))

    def _adam(self, module: torch.nn.Module) -> Adam:
        schedule = self.recipe.schedule
        return Adam(module.parameters(), schedule.rate, schedule.betas, weight_decay=schedule.decay)

    def _noise(self, rng: np.random.Generator, batch: Tensor) -> Tensor | None:
        strength = self.recipe.loss.noise
        if not strength:
            return None
        noise = rng.standard_normal(batch.shape, np.float32) * np.float32(strength)
        return self.fabric.to_device(_share(self.fabric, torch.from_numpy(noise)))


def _share(fabric: Fabric, batch: Tensor) -> Tensor:
    """Return the images and masks of a batch ``2B 1 (Z) Y X`` that this process takes."""
    return torch.cat([_part_of(fabric, half) for half in batch.split(len(batch) // 2)])


def _part_of(fabric: Fabric, samples: Tensor) -> Tensor:
    """Return the samples of one domain, of ``B 1 (Z) Y X``, that this process takes."""
    return samples.chunk(fabric.world_size)[fabric.global_rank]


def _whole(fabric: Fabric, part: Tensor) -> Tensor:
    """Return the samples of one domain from all processes, in the order of the batch.

    After averaging over the processes, gradients are those of the whole batch.
    """
    number, own = fabric.world_size, part.detach().contiguous()
    if number == 1:
        return part
    parts = [torch.empty_like(own) for _ in range(number)]
    distributed.all_gather(parts, own)
    # Gradients reach only this process's own samples and are then averaged over the processes.
    # Multiplied by the number of processes, their average is the sum.
    parts[fabric.global_rank] = own + number * (part - own)
    return torch.cat(parts)


def _flatten(prefix: str, optimiser: Optimizer) -> dict[str, Tensor]:
    """Return Adam's moments and step counts as named tensors."""
    state = optimiser.state_dict()["state"]
    return {
        f"{prefix}.{index}.{name}": tensor
        for index, moments in state.items()
        for name, tensor in moments.items()
    }


def _unflatten(tensors: dict[str, Tensor], optimiser: Optimizer) -> None:
    """Restore the state from :func:`_flatten`; raises `ValueError` if it is of other parameters."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".")
        state.setdefault(int(index), {})[name] = tensor
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for number, moments in state.items():
        shape = parameters[number].shape
        if moments["step"].numel() != 1 or any(moments[m].shape != shape for m in _MOMENTS):
            raise ValueError("the optimiser's moments belong to other parameters")
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def _damaged(path: Path) -> AdganError:
    return AdganError(
        f"{path} is damaged or belongs to another run: restore it, or start a new run"
    )


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with a prefix, by the rest of their names."""
    start = prefix + "."
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
