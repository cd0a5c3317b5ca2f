"""Networks that learn from pairs of image and labels: labelled images, or pairs from a translator.

The latter are the two-stage systems. Half of the budget trains a translator, which then makes
images from simulated label maps; the other half trains a network on these pairs.

- **CGU-net** (Boehland et al. 2019, 29th Workshop Computational Intelligence, Dortmund): CycleGAN,
  then a U-Net.
- **DeepSynth** (Dunn et al. 2019, doi:10.1038/s41598-019-54244-5): SpCycleGAN, then a U-Net.
- **AD-GAN, two-stage** (paper 5.4): AD-GAN, then a U-Net or TransUNet.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from adgan.image.scale import nearest, rescale
from adgan.models.build import build_generator, build_image
from adgan.models.decode import finish, split
from adgan.recipe.recipe import Recipe
from adgan.system.device import choose_device
from adgan_bench.data import Labelled
from adgan_bench.loop import run_loop
from adgan_bench.pairs import draw_pair
from adgan_bench.rivals.supervised import (
    BACKGROUND,
    INTERIOR,
    Example,
    Learner,
    classes_of,
    draw,
    make_network,
    parameters,
    probabilities,
)
from adgan_bench.system import Fitted, Segment, Task, each
from adgan_bench.translators import Train, decoding, drawing, halved

PAIR_COUNT = {2: 64, 3: 16}
"""Number of images that a translator makes, by number of axes."""
VOLUME_CROP_SIDE_VOXELS = 32
"""Largest side of a crop of a volume; these networks are 3D and need more memory."""


def supervised(learner: Learner) -> Callable[[Task], Fitted]:
    """Return a function that trains a network on the labels of a split.

    Boundaries are those that the network learnt; they are not refined by intensities.
    """

    def fit(task: Task) -> Fitted:
        examples = [make_example(task.recipe, image, task.band) for image in task.seen]
        network, steps = train_learner(learner, task, examples, 1.0)
        tile = None if learner.whole else crop_of(task.recipe)
        notes = {"steps": steps, "parameters": parameters(network), "labelled": len(examples)}
        return Fitted(each(_by_classes(network, task.recipe, tile)), notes)

    return fit


def two_stage(train: Train, learner: Learner) -> Callable[[Task], Fitted]:
    """Return a function that trains a translator, and then a network on pairs from it."""

    def fit(task: Task) -> Fitted:
        method, first = train(task, 0.5)
        pairs = (
            draw_pair(method, task.recipe, number)
            for number in range(PAIR_COUNT[task.recipe.data.ndim])
        )
        examples = [Example(image, classes_of(labels)) for image, labels in pairs]
        network, second = train_learner(learner, task, examples, 0.5)
        tile = None if learner.whole else crop_of(task.recipe)

        def soft(image: np.ndarray) -> np.ndarray:
            shares = probabilities(network, image, tile)
            return shares[0] if len(shares) == 1 else 1 - shares[BACKGROUND]

        sizes = sum(p.numel() for p in method.parameters()) + parameters(network)
        notes = {"steps": [first, second], "parameters": sizes}
        mask = halved(drawing(task.recipe, soft))
        return Fitted(each(decoding(task.recipe, soft)), notes, mask=mask)

    return fit


def make_example(recipe: Recipe, image: Labelled, band: int) -> Example:
    """Rescale an image and its labels to the working scale, without the incomplete border band."""
    seen = build_image(recipe, image.pixels).seen
    cut = round(band * recipe.scale)
    rows, columns = (slice(cut, n - cut) for n in seen.shape[-2:])
    inside = (..., rows, columns)
    return Example(seen[inside], classes_of(nearest(image.truth, seen.shape)[inside]))


def crop_of(recipe: Recipe) -> tuple[int, ...]:
    """Return the sides of a training crop, in working pixels."""
    crop = recipe.data.crop
    return (
        crop
        if recipe.data.ndim == 2
        else tuple(min(side, VOLUME_CROP_SIDE_VOXELS) for side in crop)
    )


def train_learner(
    learner: Learner, task: Task, examples: Sequence[Example], share: float
) -> tuple[nn.Module, int]:
    """Train a network for a share of the budget; return it and its number of steps."""
    recipe, device = task.recipe, choose_device(task.device)
    data, schedule, crop = recipe.data, recipe.schedule, crop_of(recipe)
    goal = parameters(build_generator(recipe))
    network = make_network(learner, data.ndim, min(crop), goal, recipe.seed).to(device)
    adam = torch.optim.Adam(network.parameters(), betas=schedule.betas, weight_decay=schedule.decay)

    def step(number: int, progress: float) -> None:
        images, classes = draw(examples, crop, data.batch, recipe.seed, number)
        loss = learner.loss(network(images.to(device)), classes.to(device))
        adam.zero_grad()
        loss.backward()
        adam.step()

    steps = run_loop(schedule, step, [adam], learner.rate, share)
    return network.eval(), steps


def _by_classes(network: nn.Module, recipe: Recipe, tile: Sequence[int] | None) -> Segment:
    """Return a function that segments by the predicted classes alone."""

    def segment(pixels: np.ndarray) -> np.ndarray:
        image = build_image(recipe, pixels)
        shares = probabilities(network, image.seen, tile)
        mask = rescale(shares[BACKGROUND], pixels.shape) < 0.5
        return finish(recipe, split(recipe, image, mask, shares[INTERIOR]))

    return segment
