"""Fine-tune the built-in network on the images at hand; the result is called the student.

It learns from several sources: simulated scenes with the sizes and crowding found in the images;
the images themselves, where a teacher is confident; and labelled images. The first teacher is the
built-in network, later ones are the student so far.
"""

import copy
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from adgan.builtin.examples import Example, collate, crop_of, example_of
from adgan.builtin.network import Network
from adgan.builtin.objective import objective
from adgan.builtin.plan import PLANS
from adgan.builtin.reading import Reading
from adgan.errors import AdganError
from adgan.image.batches import random_crop
from adgan.nn.layout import channels_last
from adgan.recipe.student import LessonSettings, StudentSettings
from adgan.student.alike import knobs_like
from adgan.student.lesson import Lesson, ask_teacher, window
from adgan.synth.randomised import random_scene
from adgan.system.device import in_bfloat16
from adgan.system.seeding import generator

Source = Callable[[np.random.Generator], Example]


@dataclass(frozen=True)
class Seen:
    """An image to learn from: pixels ``(Z) Y X`` and their reading."""

    pixels: np.ndarray
    reading: Reading


def teach(
    network: Network,
    images: Sequence[Seen],
    seconds: float = math.inf,
    steps: int | None = None,
    settings: StudentSettings = StudentSettings(),  # noqa: B008
    seed: int = 0,
    labelled: Sequence[Lesson] = (),
    watch: Callable[[float], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Network, int]:
    """Fine-tune a network on images.

    Parameters
    ----------
    network
        The network to start from, with folded normalisations; it is not changed.
    images
        The images at hand, all of which show nuclei.
    seconds, steps
        Limits of the training time and of the number of steps; at least one must be given.
    settings
        Shares of the sources, and settings of the training.
    seed
        Random seed of scenes and crops.
    labelled
        Labelled images.
    watch
        Called after each step with the completed fraction.
    stopped
        Called before each step; training ends when it returns True.

    Returns
    -------
    student
        The network with the moving average of the weights.
    steps
        Number of steps taken.

    Raises
    ------
    AdganError
        If no source with a share above 0 has anything to learn from.
    """
    ndim, began = network.ndim, time.monotonic()
    student = copy.deepcopy(network.module)
    mean = copy.deepcopy(network.module).eval()
    device = next(student.parameters()).device
    optimiser = torch.optim.Adam(student.parameters(), settings.rate)
    few = in_bfloat16(device, network.precision)
    step, asked, how = 0, 0, settings.lesson
    classes: list[_Class] = []
    while True:
        share = (time.monotonic() - began) / seconds
        share = max(share, step / steps) if steps else share
        if share >= 1 or stopped():
            return replace(network, module=mean), step
        if share * settings.rounds >= asked:
            teacher = replace(network, module=mean) if asked else network
            rng = generator(seed, "lessons", asked)
            lessons = list(_lessons(rng, teacher, images, how))
            classes = _classes(ndim, settings, lessons, labelled)
            if not classes:
                raise AdganError(
                    "the student has nothing to learn from: set `student.scenes` above 0"
                )
            for number, one in enumerate(classes):
                for k in range(how.first):
                    one.add(generator(seed, "first", asked, number, k))
            asked += 1
        if step % how.every == 0:
            for number, one in enumerate(classes):
                one.add(generator(seed, "example", step, number))
        drawn = _batch(generator(seed, "batch", step), classes, settings, ndim)
        image, target, weight = (part.to(device) for part in drawn)
        student.train()
        for group in optimiser.param_groups:
            group["lr"] = _rate(step, share, settings)
        with torch.autocast(device.type, torch.bfloat16, enabled=few):
            output = student(image)
        terms = objective(output.float(), target, weight)
        optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        nn.utils.clip_grad_norm_(student.parameters(), settings.gradient)
        optimiser.step()
        step += 1
        keep = min(settings.average, step / (step + settings.average_warm_up))
        with torch.no_grad():
            for ours, theirs in zip(mean.parameters(), student.parameters(), strict=True):
                ours.lerp_(theirs, 1 - keep)
        if watch:
            watch(share)


def _rate(step: int, share: float, settings: StudentSettings) -> float:
    """Return the learning rate of a step, `share` of the training being done."""
    fall = 1 - (1 - settings.last_rate) * share
    return settings.rate * min(1.0, (step + 1) / settings.warm_up) * fall


class _Class:
    """One source of examples, its share of a batch, and its latest examples."""

    def __init__(self, share: float, source: Source, kept: int):
        self.share, self.source = share, source
        self.examples: deque[Example] = deque(maxlen=kept)

    def add(self, rng: np.random.Generator) -> None:
        self.examples.append(self.source(rng))


def _lessons(
    rng: np.random.Generator, teacher: Network, images: Sequence[Seen], how: LessonSettings
) -> Iterator[Lesson]:
    """Segment random windows with a teacher."""
    kind = teacher.ndim - 2
    order = rng.permutation(len(images))
    for k in range(min(how.windows[kind], how.per_image * len(images))):
        seen = images[int(order[k % len(images)])]
        sides = [
            min(n, round(how.side[kind] / s))
            for n, s in zip(seen.pixels.shape, seen.reading.scales, strict=True)
        ]
        yield ask_teacher(teacher, random_crop(rng, seen.pixels, sides), seen.reading, how)


def _classes(
    ndim: int,
    settings: StudentSettings,
    lessons: Sequence[Lesson],
    labelled: Sequence[Lesson],
) -> list[_Class]:
    """Return the sources that have examples and a share above 0."""
    sides = PLANS[ndim].scene
    known = [*labelled, *lessons]
    knobs = knobs_like(known, settings.simulation)

    def scene(rng: np.random.Generator) -> Example:
        made = random_scene(rng, sides, knobs=knobs)
        return example_of(made.image, made.labels, made.certain)

    def real(rng: np.random.Generator, among: Sequence[Lesson]) -> Example:
        return example_of(*window(rng, among[int(rng.integers(len(among)))], sides))

    sources: list[tuple[float, Source]] = [(settings.scenes, scene)]
    if any(lesson.labels.any() for lesson in lessons):
        sources.append((settings.images, partial(real, among=lessons)))
    if labelled:
        sources.append((settings.labelled, partial(real, among=labelled)))
    return [_Class(share, source, settings.lesson.kept) for share, source in sources if share > 0]


def _batch(
    rng: np.random.Generator, classes: Sequence[_Class], settings: StudentSettings, ndim: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw a batch, see :func:`adgan.builtin.examples.collate`."""
    size = settings.batch if ndim == 2 else -(-settings.batch // 2)
    shares = np.array([one.share for one in classes])
    chosen = rng.choice(len(classes), size, p=shares / shares.sum())
    parts = []
    for number in chosen:
        examples = classes[int(number)].examples
        parts.append(crop_of(rng, examples[int(rng.integers(len(examples)))], PLANS[ndim].crop))
    image, target, weight = collate(parts)
    return image.contiguous(memory_format=channels_last(ndim)), target, weight
