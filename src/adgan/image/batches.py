"""Batches of a training step: unpaired crops of images and simulated masks.

A batch depends only on (seed, step), so a resumed run gets the same batches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def random_crop(rng: np.random.Generator, image: np.ndarray, crop: Sequence[int]) -> np.ndarray:
    """Cut a window at a uniformly random position; smaller images are padded by reflection.

    Parameters
    ----------
    rng
        Source of randomness.
    image
        ``(Z) Y X``.
    crop
        Sides of the window.
    """
    short = [max(0, c - n) for c, n in zip(crop, image.shape, strict=True)]
    if any(short):
        image = np.pad(image, [(0, s) for s in short], mode="symmetric")
    start = [rng.integers(n - c + 1) for n, c in zip(image.shape, crop, strict=True)]
    return image[tuple(slice(a, a + c) for a, c in zip(start, crop, strict=True))]


def random_symmetry(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Flip each axis at random, and swap square Y and X by a random quarter turn (4.2)."""
    axes = tuple(a for a in range(image.ndim) if rng.random() < 0.5)
    if image.shape[-1] == image.shape[-2]:
        image = np.rot90(image, int(rng.integers(2)), axes=(-2, -1))
    return np.flip(image, axes)


@dataclass(frozen=True)
class Batches:
    """Unpaired batches of images and masks.

    Parameters
    ----------
    images
        Arrays ``(Z) Y X`` in [-1, 1] at the working scale.
    spec
        Scenes to simulate, in working pixels.
    draw_mask
        Returns the mask of a label map, with values in [-1, 1].
    crop
        Sides of a crop.
    batch
        Number of images, and of masks, per batch.
    seed
        Seed of the run.
    spacing
        Size of a working pixel per axis, in the units of `spec`.
    planes
        Axes perpendicular to which planes are cut from crops and masks; none for whole volumes.
    candidates
        Number of planes drawn for each that is used, the one with the largest variation.
    """

    images: Sequence[np.ndarray]
    spec: SceneSpec
    draw_mask: Callable[[np.ndarray], np.ndarray]
    crop: tuple[int, ...]
    batch: int
    seed: int
    spacing: tuple[float, ...]
    planes: tuple[int, ...] = ()
    candidates: int = 1

    def draw(self, step: int) -> Tensor:
        """Return ``2*batch 1 (Z) Y X``, float32: the images first, then the masks."""
        rng = generator(self.seed, "batch", step)
        crops = [self._one(self._image, rng) for _ in range(self.batch)]
        masks = [self._one(self._mask, rng) for _ in range(self.batch)]
        return torch.from_numpy(np.stack(crops + masks)[:, None])

    def _one(self, draw: Draw, rng: np.random.Generator) -> np.ndarray:
        if not self.planes:
            return draw(rng, self.crop)
        axis = int(rng.choice(self.planes))
        thin = (*self.crop[:axis], 1, *self.crop[axis + 1 :])
        # Many planes of a sparse volume are empty: prefer those with content, in both domains.
        drawn = [draw(rng, thin).squeeze(axis) for _ in range(self.candidates)]
        return max(drawn, key=np.std)

    def _image(self, rng: np.random.Generator, crop: tuple[int, ...]) -> np.ndarray:
        image = self.images[int(rng.integers(len(self.images)))]
        return random_symmetry(rng, random_crop(rng, image, crop))

    def _mask(self, rng: np.random.Generator, crop: tuple[int, ...]) -> np.ndarray:
        return self.draw_mask(render(sample_scene(rng, self.spec, crop, self.spacing)))
