"""Examples that the built-in model learns from: scenes, what they should give, crops of both."""

from dataclasses import dataclass

import numpy as np

from adgan.builtin.light import levels
from adgan.builtin.plan import Plan
from adgan.builtin.targets import HEADS, make_targets
from adgan.seeding import generator
from adgan.synth.randomised import random_scene

THIN, DEPTH = 0.12, (3.0, 16.0)
"""Share of the crops of volumes that are stacks of a few planes, and how many working voxels deep
these are."""


@dataclass(frozen=True)
class Example:
    """A scene as it is stored: image float32, targets and doubt float16."""

    image: np.ndarray
    target: np.ndarray
    sure: np.ndarray


def make_example(number: int, plan: Plan) -> Example:
    """Draw scene `number` and what the network should make of it."""
    scene = random_scene(generator(plan.seed, "scene", number), plan.scene)
    return example_of(scene.image, scene.labels, scene.sure)


def example_of(image: np.ndarray, labels: np.ndarray, sure: np.ndarray) -> Example:
    """Return an image ``(Z) Y X`` with what its label map should give."""
    made = make_targets(labels)
    target = np.concatenate([np.stack([made[name] for name in HEADS]), made["offset"]])
    return Example(image.astype(np.float32, copy=False), target.astype(np.float16), sure)


def crop_of(
    rng: np.random.Generator, example: Example, crop: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut, turn and brighten one example: image, target ``C (Z) Y X``, sure."""
    low, high = rng.uniform(0.3, 3), rng.uniform(99.0, 99.95)
    light = levels(example.image, (low, high))
    power = float(rng.uniform(0.35, 0.9)) if rng.random() < 0.6 else 0.5
    image = type(light)(light.low, light.high, power).apply(example.image)
    starts = [int(rng.integers(n - c + 1)) for n, c in zip(example.image.shape, crop, strict=True)]
    window = tuple(slice(s, s + c) for s, c in zip(starts, crop, strict=True))
    image, target = image[window], example.target[(slice(None), *window)].astype(np.float32)
    sure, rank = example.sure[window], len(crop)
    if rank == 3 and rng.random() < THIN:
        depth = min(len(image), int(rng.uniform(*DEPTH)))
        image, sure = _thinned(image, sure, depth)
    for axis in range(rank):
        if rng.random() < 0.5:
            image, target, sure = (
                np.flip(image, axis),
                np.flip(target, axis + 1),
                np.flip(sure, axis),
            )
            target = target.copy()
            target[len(HEADS) + axis] *= -1
    if rng.random() < 0.5:
        image, sure = image.swapaxes(-1, -2), sure.swapaxes(-1, -2)
        target = target.swapaxes(-1, -2).copy()
        target[[-1, -2]] = target[[-2, -1]]
    return image, target, sure


def _thinned(image: np.ndarray, sure: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Leave the first few planes of a volume; the last of them is repeated, as padding does."""
    below = [(0, len(image) - depth), (0, 0), (0, 0)]
    return np.pad(image[:depth], below, mode="edge"), np.pad(sure[:depth], below)
