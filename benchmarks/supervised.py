"""The supervised rival: a U-Net of the generator's size, trained on half of the labels.

It sees the same pixels as ours: the same brightening, working scale, crops and symmetries,
images a step, optimiser, falling rate and time. It learns three classes, background, rim and
interior, whose interior serves as the soft mask of the same watershed that ours ends with.
The half is drawn from the seed, and the other half is scored. In a time series the frames of
both halves resemble each other, which favours this rival.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import edt
import numpy as np
import torch
from lightning_fabric import Fabric
from runs import Record, make_recipe, score
from sets import DataSet, Labelled, load_labelled
from torch import nn
from torch.nn import functional as F

from adgan.build import build_generator, build_image
from adgan.data.batches import random_crop, random_symmetry
from adgan.data.scale import rescale
from adgan.decode import finish, split
from adgan.nn.unet import UNet
from adgan.recipe import Recipe
from adgan.seeding import generator

BACKGROUND, RIM, INTERIOR = range(3)
RIM_WIDTH = 2.0
"""Depth of the rim, in working pixels (a nucleus has a radius of about 11)."""
DEPTH = 3
"""Halvings of the U-Net."""


@dataclass(frozen=True)
class Example:
    """An image in [-1, 1] and its classes (int64), both ``(Z) Y X`` at the working scale."""

    image: np.ndarray
    classes: np.ndarray


def classes_of(labels: np.ndarray) -> np.ndarray:
    """Return background, rim and interior of a label map, int64."""
    depth = edt.edt(labels, black_border=False)
    return np.where(labels == 0, BACKGROUND, np.where(depth <= RIM_WIDTH, RIM, INTERIOR))


def nearest(labels: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Return a label map at another size, each pixel the label at its middle."""
    places = (
        ((np.arange(new) + 0.5) * old / new).astype(int)
        for new, old in zip(shape, labels.shape, strict=True)
    )
    return labels[np.ix_(*places)]


def make_example(recipe: Recipe, image: Labelled, band: int) -> Example:
    """Bring an image and its labels to the working scale; the band, partly unlabelled, is cut."""
    working = build_image(recipe, image.pixels).seen
    labels = nearest(image.truth, working.shape)
    cut = round(band * recipe.scale)
    inside = tuple(slice(cut, n - cut) for n in working.shape)
    return Example(working[inside], classes_of(labels[inside]))


def draw(recipe: Recipe, examples: Sequence[Example], step: int) -> tuple[torch.Tensor, ...]:
    """Return a batch of crops ``B 1 (Z) Y X`` and their classes ``B (Z) Y X``.

    As many images as a step of ours takes; the same draws serve an image and its classes.
    """
    data = recipe.data
    pairs = []
    for item in range(data.batch):
        chosen = examples[generator(recipe.seed, "example", step, item).integers(len(examples))]
        pair = []
        for array in (chosen.image, chosen.classes):
            rng = generator(recipe.seed, "crop", step, item)
            pair.append(random_symmetry(rng, random_crop(rng, array, data.crop)))
        pairs.append(pair)
    images, classes = (np.stack(arrays) for arrays in zip(*pairs, strict=True))
    return torch.from_numpy(images[:, None]), torch.from_numpy(classes)


def parameters(network: nn.Module) -> int:
    """Return the number of a network's parameters."""
    return sum(p.numel() for p in network.parameters())


def make_unet(recipe: Recipe) -> UNet:
    """Return the narrowest U-Net with at least as many parameters as our generator."""
    goal = parameters(build_generator(recipe))
    rank = recipe.data.rank
    # torch draws a layer's first weights from its global generator, which is put back after.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        wide = (UNet(rank, 3, width, DEPTH) for width in count(1))
        return next(net for net in wide if parameters(net) >= goal)


def train_unet(recipe: Recipe, examples: Sequence[Example], fabric: Fabric) -> tuple[UNet, int]:
    """Train for the recipe's minutes (or steps); return the network and its steps."""
    schedule = recipe.schedule
    started = time.monotonic()
    plain = make_unet(recipe)
    adam = torch.optim.Adam(
        plain.parameters(), schedule.rate, schedule.betas, weight_decay=schedule.decay
    )
    network, optimiser = fabric.setup(plain, adam)
    for step in count():
        if schedule.steps is not None:
            progress = step / schedule.steps
        else:
            progress = (time.monotonic() - started) / (60 * schedule.minutes)
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate * min(1.0, 2 * (1 - progress))
        images, classes = (fabric.to_device(t) for t in draw(recipe, examples, step))
        loss = F.cross_entropy(network(images), classes)
        optimiser.zero_grad()
        fabric.backward(loss)
        optimiser.step()
    return plain.eval(), step


@torch.inference_mode()
def probabilities(network: UNet, image: np.ndarray) -> np.ndarray:
    """Return class probabilities ``3 (Z) Y X``, a mean over the eight symmetries of a plane."""
    device = next(network.parameters()).device
    short = [(0, -n % 2**DEPTH) for n in image.shape]
    x = torch.from_numpy(np.pad(image, short, mode="symmetric"))[None, None].to(device)
    total = torch.zeros(1, 3, *x.shape[2:], device=device)
    for quarters in range(4):
        for flip in ((), (-1,)):
            y = network(torch.rot90(x, quarters, (-2, -1)).flip(flip)).softmax(dim=1)
            total += torch.rot90(y.flip(flip), -quarters, (-2, -1))
    return (total[0] / 8).cpu().numpy()[(slice(None), *(slice(n) for n in image.shape))]


def segment_unet(network: UNet, recipe: Recipe, pixels: np.ndarray) -> np.ndarray:
    """Label the nuclei of one image, at its own size."""
    image = build_image(recipe, pixels)
    background, _, interior = probabilities(network, image.seen)
    mask = rescale(background, pixels.shape) < 0.5
    labels = split(recipe, image, mask, interior)
    return finish(recipe, labels)


def run_supervised(
    data: Path, which: DataSet, seed: int, settings: dict[str, Any], device: str
) -> Record:
    """Train on half of the labels of a set and score the other half.

    Parameters
    ----------
    data, which, seed, settings, device
        As for :func:`runs.run_adgan`.

    Returns
    -------
    dict
        As :func:`runs.run_adgan`, with ``parameters``.
    """
    recipe = make_recipe(which, seed, settings)
    images = load_labelled(data, which)
    order = generator(seed, "half", which.name).permutation(len(images))
    seen, held = (
        [images[k] for k in sorted(part)] for part in np.array_split(order, [len(order) // 2])
    )
    started = time.monotonic()
    examples = [make_example(recipe, image, which.band) for image in seen]
    network, steps = train_unet(recipe, examples, Fabric(accelerator=device, devices=1))
    trained = time.monotonic()
    found = [segment_unet(network, recipe, image.pixels) for image in held]
    return {
        "scores": score(found, held, which),
        "steps": steps,
        "seconds": round(trained - started, 1),
        "segment_seconds": round(time.monotonic() - trained, 1),
        "images": len(held),
        "parameters": parameters(network),
    }
