"""What to expect before work starts: time and memory on this machine, from a short probe."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from lightning_fabric import Fabric

from adgan.build import build_batches, build_image
from adgan.checkpoint import Model
from adgan.confidence import judge
from adgan.data.batches import Batches
from adgan.decode import decode
from adgan.io import Image
from adgan.methods.adgan import IMAGE
from adgan.peak import Peak, held
from adgan.recipe import Recipe
from adgan.trainer import Trainer
from adgan.translate import NUMBERS, translate

STEPS = (2, 6)
"""Steps of training that warm up, and those whose time is taken."""
EXAMINED = 3
"""Looks at the masks that the examination at the end takes as long as."""
SIDE = {2: 320, 3: 64}
"""Working pixels an axis of a part that is segmented, at most."""
SHARE = 0.1
"""Share of all pixels that the parts do not exceed, so that a probe is short beside the work."""
LEAST = {2: 96, 3: 24}
"""Working pixels an axis that a part has anyway."""


@dataclass(frozen=True)
class Plan:
    """What is expected.

    Parameters
    ----------
    seconds
        Until the end, from the probe on.
    memory
        The most main memory that the process will hold, in bytes.
    steps
        Of training; None for segmenting.
    """

    seconds: float
    memory: float
    steps: int | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        work = "" if self.steps is None else f"{self.steps:,} steps in "
        minutes, seconds = divmod(round(self.seconds), 60)
        length = f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
        return f"plan: {work}about {length}, up to {self.memory / 2**20:,.0f} MiB of memory"


def plan_training(
    recipe: Recipe,
    seen: Sequence[np.ndarray],
    windows: Sequence[np.ndarray],
    views: int,
    fabric: Fabric,
) -> Plan:
    """Take a few steps and one look, and throw them away.

    Parameters
    ----------
    recipe
        The run's settings.
    seen
        Images as the network sees them.
    windows
        On which masks are checked, in so many `views`.
    fabric
        Places the networks.

    Returns
    -------
    Plan
        Shorter if tries end early.
    """
    batches, trainer = build_batches(recipe, seen), Trainer(recipe, fabric)
    schedule, (warm, timed) = recipe.schedule, STEPS
    with Peak() as peak:
        paces = [
            _seconds(partial(_step, batches, trainer, n, schedule.rate))
            for n in range(warm + timed)
        ][warm:]
        look = min(
            _seconds(partial(translate, trainer.generator, windows[0], IMAGE)) for _ in range(3)
        )
    check = look * views * len(windows) if schedule.check_every else 0.0
    pace = float(np.median(paces)) + check / (schedule.check_every or 1)
    end = EXAMINED * check
    if schedule.steps is not None:
        return Plan(schedule.steps * pace + end, peak.most, schedule.steps)
    assert schedule.minutes is not None
    length = 60 * schedule.minutes
    return Plan(length + end, peak.most, max(1, round(length / pace)))


def plan_segmenting(
    model: Model,
    images: Sequence[Image],
    threshold: float | None = None,
    symmetries: bool = False,
    confidence: bool = False,
) -> Plan:
    """Segment parts of up to three images, and throw them away.

    Parameters
    ----------
    model
        On the device to use.
    images
        All that are to be segmented.
    threshold, symmetries, confidence
        As for :func:`adgan.segment.segment`.
    """
    recipe = model.recipe
    sizes = [image.pixels.size for image in images]
    chosen = [images[i] for i in sorted({0, len(images) // 2, len(images) - 1})]
    parts = [_part(recipe, i, SHARE * sum(sizes) / len(chosen)) for i in chosen]
    before = held()
    warm = build_image(recipe, parts[0].pixels, parts[0].spacing)
    translate(model.generator, warm.seen, IMAGE)  # what a first pass sets up is no pace
    seconds, network, rest = 0.0, 0, 0
    for part in parts:
        costs = _segment(model, part, threshold, symmetries, confidence)
        seconds += costs[0]
        network, rest = max(network, costs[1] - before), max(rest, costs[2] - before)
    # What one pass of the network holds is bounded, see `translate`; the rest grows with the image.
    largest = max(part.pixels.size for part in parts)
    working = largest * float(np.prod(recipe.scales()))
    passes = max(1.0, NUMBERS / recipe.network.width / working)
    most = max(1.0, max(sizes) / largest)
    memory = max(network * min(most, passes), rest * most)
    return Plan(seconds * sum(sizes) / sum(part.pixels.size for part in parts), before + memory)


def _segment(
    model: Model, part: Image, threshold: float | None, symmetries: bool, confidence: bool
) -> tuple[float, int, int]:
    """Return seconds, and the most memory held by the network and by all else, in bytes."""
    recipe, started = model.recipe, time.monotonic()
    image = build_image(recipe, part.pixels, part.spacing)
    with Peak() as network:
        soft = translate(model.generator, image.seen, IMAGE, symmetries=symmetries)
    with Peak() as rest:
        labels = decode(recipe, image, (soft + 1) / 2, threshold)
        if confidence:
            judge(model, image, (soft + 1) / 2, labels, threshold)
    return time.monotonic() - started, network.most, rest.most


def _step(batches: Batches, trainer: Trainer, number: int, rate: float) -> None:
    trainer.step(batches.draw(number), number, rate)


def _part(recipe: Recipe, image: Image, largest: float) -> Image:
    """Return the middle of an image, of about `largest` pixels if that is within bounds."""
    rank, scale = image.pixels.ndim, np.array(recipe.scales(image.spacing))
    side = (largest * scale.prod()) ** (1 / rank)
    sides = np.ceil(min(max(side, LEAST[rank]), SIDE[rank]) / scale).astype(int)
    start = np.maximum(0, (np.array(image.pixels.shape) - sides) // 2)
    middle = tuple(slice(a, a + n) for a, n in zip(start, sides, strict=True))
    return replace(image, pixels=image.pixels[middle])


def _seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
