"""The processes of a training, one per device: the first one leads, and the others follow it.

Only the first process handles images, files, checks and decisions. The others hold the same
networks and batches and take every step with it. The code of a training is therefore the same for
one process and for many.
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

from adgan.errors import AdganError
from adgan.image.batches import Batches
from adgan.models.adgan import Passes
from adgan.recipe.recipe import Recipe
from adgan.system.device import Device, choose_device
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.trainer import Trainer

WAIT_LIMIT = timedelta(hours=2)
"""How long the others wait while the first process reads images or checks masks."""
EXIT_SECONDS = 20.0
"""Time that the others have to exit, in seconds; then they are killed."""
LAUNCH_VARIABLES = ("LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "WORLD_SIZE")
"""Environment variables by which the processes find each other; launching sets them."""


class Ranks:
    """The networks and batches that all processes hold.

    Each method is called in the first process, and by :meth:`serve` in the others.

    Parameters
    ----------
    fabric
        Launched Fabric: it connects the processes and places networks and batches on devices.
    """

    trainer: Trainer
    batches: Batches

    def __init__(self, fabric: Fabric):
        self.fabric = fabric
        self.busy = False

    def begin(self, recipe: Recipe, batches: Batches) -> None:
        """Make new networks that learn from `batches`."""
        with self._together("begin", recipe, batches):
            self.batches, self.trainer = batches, Trainer(recipe, self.fabric)

    def draw_from(self, batches: Batches) -> None:
        """Continue with other batches."""
        with self._together("draw_from", batches):
            self.batches = batches

    def restore(self, folder: Path) -> None:
        """Restore the state in a run folder; only the first process reads it.

        Raises
        ------
        AdganError
            If the state is missing, damaged, or does not fit the networks.
        """
        self.trainer.restore(folder)
        self.take(self.trainer.state())

    def take(self, state: dict[str, Tensor]) -> None:
        """Send the state of the first process to the others."""
        with self._together("take", state):
            if not self.fabric.is_global_zero:
                self.trainer.take(state)

    def step(self, step: int, rate: float) -> tuple[dict[str, float], Passes]:
        """Take one step, see :meth:`adgan.training.trainer.Trainer.step`."""
        with self._together("step", step, rate):
            return self.trainer.step(self.batches.draw(step), step, rate)

    def serve(self) -> None:
        """Follow the first process until it ends; it alone decides when to stop."""
        with stop_on_interrupt():
            while order := self.fabric.broadcast(None):
                name, *arguments = order
                getattr(self, name)(*arguments)

    def end(self) -> None:
        """End the other processes, and make sure that those started here exit."""
        if not distributed.is_available() or not distributed.is_initialized():
            return
        if self.busy:  # in a failed step the others would take an order for data
            self._end_others(patience=0.0)
        elif self.fabric.is_global_zero:
            with suppress(RuntimeError):  # one of them may have exited already
                self.fabric.broadcast(None)
        # The networks hold the process group and are released first. Otherwise an exiting
        # interpreter could wait for the threads of the group while these wait for it.
        for held in ("trainer", "batches"):
            vars(self).pop(held, None)
        gc.collect()
        distributed.destroy_process_group()
        self._end_others(patience=EXIT_SECONDS)

    @contextmanager
    def _together(self, *order: object) -> Iterator[None]:
        """Run a method in all processes; `busy` stays True if it fails."""
        if self.fabric.is_global_zero:
            self.fabric.broadcast(order)
        self.busy = True
        yield
        self.busy = False

    def _end_others(self, patience: float) -> None:
        """Wait up to `patience` seconds for the processes started here, then kill them."""
        started = getattr(self.fabric.strategy.launcher, "procs", [])
        others = started.copy()
        started.clear()  # else the launcher kills this process, too, and the error is lost
        last = time.monotonic() + patience
        for process in others:
            try:
                process.wait(max(last - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def gather(device: Device = "auto", devices: int = 1, nodes: int = 1) -> Iterator[Ranks]:
    """Connect the processes of a training; a context manager.

    Only the first process runs the body of the ``with`` statement. The others serve it and then
    exit. SLURM and torchrun start the processes themselves; otherwise those of this machine are
    started here, with the command line of this process.

    Parameters
    ----------
    device
        The kind of device, see :func:`adgan.system.device.choose_device`.
    devices, nodes
        Number of devices per machine, and number of machines.

    Raises
    ------
    AdganError
        If there are fewer devices, or if the processes that were started do not match.
    """
    if devices * nodes == 1:
        yield Ranks(_make(device, devices, nodes))
        return
    before = {name: os.environ.get(name) for name in LAUNCH_VARIABLES}
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
    """Return True in the first process of a training, or in the only one so far."""
    return devices * nodes == 1 or _make(device, devices, nodes).is_global_zero


def check_share(recipe: Recipe, ranks: Ranks) -> None:
    """Refuse a batch size that the processes cannot share evenly.

    Raises
    ------
    AdganError
        If the batch size is no multiple of the number of processes.
    """
    number, batch = ranks.fabric.world_size, recipe.data.batch
    if batch % number:
        raise AdganError(
            f"{number} devices cannot share a batch of {batch} evenly: set `data.batch` of the "
            f"recipe to a multiple of {number}, such as {-(-batch // number) * number}"
        )


def _make(device: Device, devices: int, nodes: int) -> Fabric:
    if devices < 1 or nodes < 1:
        raise AdganError(f"{devices} devices on {nodes} machines: both must be at least 1")
    kind = choose_device(device).type
    there = {"cuda": torch.cuda.device_count(), "mps": 1}.get(kind, os.cpu_count() or 1)
    if devices > there:
        of = "processors" if kind == "cpu" else f"devices of kind {kind}"
        raise AdganError(
            f"{devices} devices are requested, but this machine has {there} {of}: "
            f"request at most {there}"
        )
    if devices * nodes == 1:
        return Fabric(accelerator=kind, devices=1)
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    try:
        ddp = DDPStrategy(timeout=WAIT_LIMIT)
        return Fabric(accelerator=kind, strategy=ddp, devices=devices, num_nodes=nodes)
    except (ValueError, RuntimeError) as error:
        raise _refused(devices, nodes, error) from error


def _refused(devices: int, nodes: int, error: Exception) -> AdganError:
    return AdganError(
        f"cannot train with {devices} devices per machine (machines: {nodes}): {error}"
    )
