"""Training, read from top to bottom: images in, a run folder out."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from lightning_fabric import Fabric

from adgan.build import build_image, build_scene
from adgan.checkpoint import (
    PANELS,
    RECIPE,
    RUN,
    Model,
    clear,
    describe,
    load,
    read_curve,
    read_run,
    write_curve,
    write_json,
    write_start,
)
from adgan.data.batches import Batches
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.io import Image, Sources, claim_output, load_images, write_png
from adgan.recipe import Recipe, ScheduleSettings, read_recipe
from adgan.trainer import Trainer

Watch = Callable[[dict[str, float]], None]


def train(
    images: Sources,
    output: str | os.PathLike[str],
    recipe: Recipe,
    *,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Watch | None = None,
) -> Model:
    """Train on unlabelled images and write a run folder.

    Ctrl-C ends training after the step at hand and leaves a usable run.

    Parameters
    ----------
    images
        Folder, files or globs, or a list of arrays ``(Z) Y X``.
    output
        The run folder to make.
    recipe
        Settings, see :func:`adgan.presets.make_preset`.
    device
        ``auto`` takes the best there is.
    overwrite
        Whether an existing folder may be written into.
    watch
        Called after every step with a row of the curve: ``step``, ``rec``, ``adv``, ``ctr``,
        ``cyc``, ``dis`` (losses), ``rate``, ``seconds`` (training so far) and ``left``
        (seconds still to go, estimated).

    Returns
    -------
    Model
        The trained model, as :func:`adgan.load` gives it.

    Raises
    ------
    AdganError
        If images cannot be read or used, or the folder cannot be written.
    """
    started = time.monotonic()
    loaded = read_inputs(images, recipe)
    folder = claim_output(output, overwrite, [i.path for i in loaded])
    clear(folder)
    write_start(folder, recipe, describe(loaded))
    return _train(folder, recipe, loaded, device, watch, started)


def resume(
    run: str | os.PathLike[str],
    images: Sources,
    *,
    device: Device = "auto",
    watch: Watch | None = None,
) -> Model:
    """Go on with a run that was stopped or killed; a finished one is returned as it is.

    On one device and with a length in steps, the losses are those of a run never stopped.

    Parameters
    ----------
    run
        Its folder.
    images
        The images it was started with.
    device, watch
        As for :func:`train`.

    Raises
    ------
    AdganError
        If the folder is no run or damaged, or the images are not those it was started with.
    """
    started = time.monotonic()
    folder = Path(run)
    about = read_run(folder)
    recipe = read_recipe(folder / RECIPE)
    loaded = read_inputs(images, recipe)
    known = [i["sha256"] for i in about["inputs"]]
    given = [i.sha256 for i in describe(loaded)]
    for image, hashed in zip(loaded, given, strict=True):
        if hashed not in known:
            raise AdganError(
                f"{image.path} is not among the images that {folder} was started with: "
                "give the same images, or start a new run"
            )
    if len(given) != len(known) or set(given) != set(known):
        raise AdganError(
            f"{folder} was started with {len(known)} images and {len(given)} are given: "
            "give the same images, or start a new run"
        )
    # Batches draw images by number: the order is that of the start.
    loaded = [loaded[given.index(hashed)] for hashed in known]
    return _train(folder, recipe, loaded, device, watch, started)


def read_inputs(images: Sources, recipe: Recipe) -> list[Image]:
    """Read images, or wrap arrays, and check that they fit the recipe's rank.

    Raises
    ------
    AdganError
        As :func:`adgan.io.load_images`; or if the rank differs.
    """
    data = recipe.data
    loaded = load_images(images, data.channel, data.frames)
    rank = loaded[0].pixels.ndim
    if rank != data.rank:
        raise AdganError(
            f"{loaded[0].path} has {rank} axes and the recipe is for rank {data.rank}: "
            f"set data.rank to {rank}"
        )
    return loaded


def _train(
    folder: Path,
    recipe: Recipe,
    images: Sequence[Image],
    device: Device,
    watch: Watch | None,
    started: float,
) -> Model:
    data = recipe.data
    fabric = Fabric(accelerator=choose_device(device).type, devices=1)
    batches = Batches(
        [build_image(recipe, i.pixels).seen for i in images],
        build_scene(recipe),
        recipe.scene.mask,
        recipe.scene.edge,
        data.crop,
        data.batch,
        recipe.seed,
    )
    trainer = Trainer(recipe, fabric)
    curve = read_curve(folder)
    step = trainer.restore(folder)
    curve = curve[:step]
    before = curve[-1]["seconds"] if curve else 0.0
    panels = folder / PANELS
    panels.mkdir(exist_ok=True)

    with stop_on_interrupt() as stopped:
        while (progress := progress_of(recipe.schedule, step, curve)) < 1 and not stopped():
            rate = recipe.schedule.rate * min(1.0, 2 * (1 - progress))
            losses, passes = trainer.step(batches.draw(step), step, rate)
            step += 1
            seconds = before + time.monotonic() - started
            curve.append({"step": step, **losses, "rate": rate, "seconds": seconds})
            done = progress_of(recipe.schedule, step, curve) >= 1
            if step % recipe.schedule.picture_every == 0 or done:
                write_png(panels / f"step_{step:06d}.png", passes.panel())
                write_curve(folder, curve)
                trainer.save(folder, step)
            if watch:
                left = seconds * (1 / max(progress, 1e-3) - 1)
                watch({**curve[-1], "left": left})
    write_curve(folder, curve)
    trainer.save(folder, step)
    finished = progress_of(recipe.schedule, step, curve) >= 1
    seconds = curve[-1]["seconds"] if curve else 0.0
    write_json(
        folder / RUN,
        read_run(folder) | {"steps": step, "seconds": seconds, "finished": finished},
    )
    return load(folder)


def progress_of(schedule: ScheduleSettings, step: int, curve: Sequence[dict[str, float]]) -> float:
    """Return the share of training that is done, in steps or in time; 1 ends it."""
    if schedule.steps is not None:
        return step / schedule.steps
    assert schedule.minutes is not None
    return curve[-1]["seconds"] / (60 * schedule.minutes) if curve else 0.0


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a wish to stop; a second one interrupts as usual."""
    wished = False

    def wish(number: int, frame: FrameType | None) -> None:
        nonlocal wished
        if wished:
            raise KeyboardInterrupt
        wished = True

    # Only the main thread may set signal handlers.
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    previous = signal.signal(signal.SIGINT, wish)
    try:
        yield lambda: wished
    finally:
        signal.signal(signal.SIGINT, previous)
