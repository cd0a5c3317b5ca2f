"""The processes of a training, each with a device: the first leads, the others do as it says.

Images, files, looks and decisions are those of the first process alone. The others hold the same
networks and batches and take every step with it, so that a training reads the same whether one
process does it or many.
"""

import gc
import logging
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
from torch import Tensor, distributed

from adgan.data.batches import Batches
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.methods.adgan import Passes
from adgan.recipe import Recipe
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.trainer import Trainer

PATIENCE = timedelta(hours=2)
"""How long the others wait while the first reads images or looks at masks."""
LEAVE = 20.0
"""Seconds that the others have for their own end."""
PLACES = ("LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "WORLD_SIZE")
"""Variables of the environment by which processes find each other; launching sets them."""


class Ranks:
    """The networks and the batches that all processes hold.

    Each method is called on the first process, and by :meth:`serve` on the others.

    Parameters
    ----------
    fabric
        Launched: it knows the processes, and places networks and batches on devices.
    """

    trainer: Trainer
    batches: Batches

    def __init__(self, fabric: Fabric):
        self.fabric = fabric
        self.busy = False

    def begin(self, recipe: Recipe, batches: Batches) -> None:
        """Make fresh networks, which learn from some batches."""
        with self._together("begin", recipe, batches):
            self.batches, self.trainer = batches, Trainer(recipe, self.fabric)

    def draw_from(self, batches: Batches) -> None:
        """Go on with other batches."""
        with self._together("draw_from", batches):
            self.batches = batches

    def restore(self, folder: Path) -> None:
        """Take back the state of a run folder, which the first process alone reads.

        Raises
        ------
        AdganError
            If it is missing, damaged, or does not fit.
        """
        self.trainer.restore(folder)
        self.take(self.trainer.state())

    def take(self, state: dict[str, Tensor]) -> None:
        """Let the others have the state of the first process."""
        with self._together("take", state):
            if not self.fabric.is_global_zero:
                self.trainer.take(state)

    def step(self, step: int, rate: float) -> tuple[dict[str, float], Passes]:
        """Take one step, see :meth:`adgan.training.trainer.Trainer.step`."""
        with self._together("step", step, rate):
            return self.trainer.step(self.batches.draw(step), step, rate)

    def serve(self) -> None:
        """Do what the first process says until it ends; when to stop is for it to decide."""
        with stop_on_interrupt():
            while order := self.fabric.broadcast(None):
                name, *arguments = order
                getattr(self, name)(*arguments)

    def end(self) -> None:
        """Let the other processes end, and see to it that those started here do."""
        if not distributed.is_available() or not distributed.is_initialized():
            return
        if self.busy:  # amid an order the others would take the next for numbers
            self._end_others(patience=0.0)
        elif self.fabric.is_global_zero:
            with suppress(RuntimeError):  # where one of them is gone already
                self.fabric.broadcast(None)
        # Networks hold the group: were they the last to, an interpreter that ends could wait for
        # the group's threads while these wait for the interpreter.
        for held in ("trainer", "batches"):
            vars(self).pop(held, None)
        gc.collect()
        distributed.destroy_process_group()
        self._end_others(patience=LEAVE)

    @contextmanager
    def _together(self, *order: object) -> Iterator[None]:
        """Have the others do the same; all are busy with it until it is done, or fails."""
        if self.fabric.is_global_zero:
            self.fabric.broadcast(order)
        self.busy = True
        yield
        self.busy = False

    def _end_others(self, patience: float) -> None:
        """Wait for those that were started here, and kill whoever takes longer."""
        started = getattr(self.fabric.strategy.launcher, "procs", [])
        others = started.copy()
        started.clear()  # else the launcher kills this process as well, and nobody hears why
        last = time.monotonic() + patience
        for process in others:
            try:
                process.wait(max(last - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def gather(device: Device = "auto", devices: int = 1, nodes: int = 1) -> Iterator[Ranks]:
    """Bring the processes of a training together, for a ``with`` statement.

    Only the first process comes to what stands within. The others serve it, and end. Where nobody
    has started them (SLURM and torchrun do), those of this machine are started here, each with the
    command line of this process.

    Parameters
    ----------
    device
        The kind of device, see :func:`adgan.device.choose_device`.
    devices, nodes
        Devices on each machine, and machines.

    Raises
    ------
    AdganError
        If so many devices are not there, or the processes are others than those asked for.
    """
    if devices * nodes == 1:
        yield Ranks(_make(device, devices, nodes))
        return
    before = {name: os.environ.get(name) for name in PLACES}
    fabric = _make(device, devices, nodes)
    try:
        fabric.launch()
    except (ValueError, RuntimeError) as error:
        raise _refused(devices, nodes, error) from error
    ranks = Ranks(fabric)
    if not fabric.is_global_zero:
        ranks.serve()
        ranks.end()
        raise SystemExit
    try:
        yield ranks
    finally:
        ranks.end()
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def leads(device: Device, devices: int, nodes: int) -> bool:
    """Return whether this is the first process of a training, or the only one so far."""
    return devices * nodes == 1 or _make(device, devices, nodes).is_global_zero


def check_share(recipe: Recipe, ranks: Ranks) -> None:
    """Refuse batches that the processes cannot share evenly.

    Raises
    ------
    AdganError
        If so.
    """
    number, batch = ranks.fabric.world_size, recipe.data.batch
    if batch % number:
        raise AdganError(
            f"{number} devices cannot share a batch of {batch} evenly: set data.batch of the "
            f"recipe to a multiple of {number}, such as {-(-batch // number) * number}"
        )


def _make(device: Device, devices: int, nodes: int) -> Fabric:
    if devices < 1 or nodes < 1:
        raise AdganError(f"{devices} devices on {nodes} machines: give numbers from 1 on")
    kind = choose_device(device).type
    there = {"cuda": torch.cuda.device_count(), "mps": 1}.get(kind, os.cpu_count() or 1)
    if devices > there:
        of = "processors" if kind == "cpu" else f"devices of kind {kind}"
        raise AdganError(
            f"{devices} devices are asked for and this machine has {there} {of}: "
            f"ask for {there} at most"
        )
    if devices * nodes == 1:
        return Fabric(accelerator=kind, devices=1)
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    try:
        ddp = DDPStrategy(timeout=PATIENCE)
        return Fabric(accelerator=kind, strategy=ddp, devices=devices, num_nodes=nodes)
    except (ValueError, RuntimeError) as error:
        raise _refused(devices, nodes, error) from error


def _refused(devices: int, nodes: int, error: Exception) -> AdganError:
    return AdganError(f"cannot train on {devices} devices of {nodes} machines: {error}")
