"""Training examples of the built-in model: simulated scenes, their targets, and crops of both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from adgan.builtin.normalisation import global_normalisation
from adgan.builtin.plan import Plan, Variation
from adgan.builtin.settings import NORMALISATION
from adgan.builtin.targets import HEADS, stack_targets
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator


@dataclass(frozen=True)
class Example:
    """A scene in storage: the image as float32, targets and weights as float16."""

    image: np.ndarray
    target: np.ndarray
    weight: np.ndarray


def make_example(number: int, plan: Plan) -> Example:
    """Draw scene `number` and make its targets."""
    scene = random_scene(generator(plan.seed, "scene", number), plan.scene, knobs=plan.knobs)
    return example_of(scene.image, scene.labels, scene.certain)


def example_of(image: np.ndarray, labels: np.ndarray, weight: np.ndarray) -> Example:
    """Return an image ``(Z) Y X`` with the targets of its label map."""
    target = stack_targets(labels).astype(np.float16)
    return Example(image.astype(np.float32, copy=False), target, weight)


Crop = tuple[np.ndarray, np.ndarray, np.ndarray]
"""An image ``(Z) Y X``, its targets ``C (Z) Y X``, and the weights of its pixels."""


def crop_of(
    rng: np.random.Generator,
    example: Example,
    crop: tuple[int, ...],
    vary: Variation = Variation(),  # noqa: B008
) -> Crop:
    """Return a random crop of an example, flipped, transposed and normalised at random."""
    usual = NORMALISATION[len(crop)]
    percentiles = float(rng.uniform(*vary.low)), float(rng.uniform(*vary.high))
    gamma = float(rng.uniform(*vary.gamma)) if rng.random() < vary.varied else usual.gamma
    how = replace(usual, percentiles=percentiles, gamma=gamma)
    image = global_normalisation(example.image, how).apply(example.image)
    starts = [int(rng.integers(n - c + 1)) for n, c in zip(example.image.shape, crop, strict=True)]
    window = tuple(slice(s, s + c) for s, c in zip(starts, crop, strict=True))
    image, target = image[window], example.target[(slice(None), *window)].astype(np.float32)
    weight, ndim = example.weight[window], len(crop)
    if ndim == 3 and rng.random() < vary.thin:
        depth = min(len(image), int(rng.uniform(*vary.planes)))
        first = int(rng.integers(len(image) - depth + 1))
        image, target, weight = _thinned(image, target, weight, slice(first, first + depth))
    for axis in range(ndim):
        if rng.random() < 0.5:
            image, target, weight = (
                np.flip(image, axis),
                np.flip(target, axis + 1),
                np.flip(weight, axis),
            )
            target = target.copy()
            target[len(HEADS) + axis] *= -1
    if rng.random() < 0.5:
        image, weight = image.swapaxes(-1, -2), weight.swapaxes(-1, -2)
        target = target.swapaxes(-1, -2).copy()
        target[[-1, -2]] = target[[-2, -1]]
    if vary.blank and rng.random() < vary.blank:
        level = image.flat[int(rng.integers(image.size))]
        image, target = np.full_like(image, level), np.zeros_like(target)
        weight = np.ones_like(weight)
    return image, target, weight


def collate(crops: Sequence[Crop]) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch: images and weights ``B 1 (Z) Y X``, targets ``B C (Z) Y X``, float32."""
    image, target, weight = (np.stack([crop[i] for crop in crops]) for i in range(3))
    return (
        torch.from_numpy(image[:, None].copy()),
        torch.from_numpy(target.copy()),
        torch.from_numpy(weight[:, None].astype(np.float32)),
    )


def _thinned(image: np.ndarray, target: np.ndarray, weight: np.ndarray, planes: slice) -> Crop:
    """Keep some planes of a volume and repeat the last of them, as padding does."""
    below = [(0, len(image) - (planes.stop - planes.start)), (0, 0), (0, 0)]
    return (
        np.pad(image[planes], below, mode="edge"),
        np.pad(target[:, planes], [(0, 0), *below]),
        np.pad(weight[planes], below),
    )
