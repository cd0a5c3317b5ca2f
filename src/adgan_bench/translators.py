"""Train unpaired methods, and decode their masks like those of AD-GAN."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np

import adgan
from adgan.image.scale import rescale
from adgan.models.build import axes_of, build_batches, build_image
from adgan.models.decode import decode
from adgan.models.planes import PlaneTranslator
from adgan.models.segmenter import Segmenter
from adgan.models.translator import Translator
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model
from adgan.survey.survey import evenly_spaced
from adgan.system.device import choose_device
from adgan_bench.loop import halves, run_loop
from adgan_bench.rivals.base import Method, Size
from adgan_bench.rivals.supervised import parameters
from adgan_bench.system import Fitted, Segment, Task, each

Train = Callable[[Task, float], tuple[Translator, int]]
"""Trains for a share of the budget; returns the method and its number of steps."""
Soft = Callable[[np.ndarray], np.ndarray]
"""Maps an image at the working scale to its soft mask, 0 to 1."""


def rival(make: type[Method]) -> Train:
    """Return a function that trains a method of :mod:`adgan_bench.rivals`.

    Parameters
    ----------
    make
        Class of the method.
    """

    def train(task: Task, share: float) -> tuple[Translator, int]:
        recipe, device = task.recipe, choose_device(task.device)
        method = make(size_of(recipe)).to(device)
        batches = build_batches(recipe, [build_image(recipe, i).seen for i in task.images])

        def step(number: int, progress: float) -> None:
            method.step(*halves(batches.draw(number), device), number, progress)

        steps = run_loop(recipe.schedule, step, method.optimisers, make.rate, share)
        if recipe.network.planes:
            floor = recipe.network.plane_floor
            return PlaneTranslator(method.eval(), axes_of(recipe), floor), steps
        return method.eval(), steps

    return train


def train_adgan(task: Task, share: float) -> tuple[Translator, int]:
    """Train AD-GAN as a user does, and keep its run folder."""
    model, steps = _train_adgan(task, share)
    return model.generator, steps


def fit_adgan(task: Task) -> Fitted:
    """Train AD-GAN and segment with it as a user does."""
    model, steps = _train_adgan(task, 1.0)

    def segment(pixels: np.ndarray) -> np.ndarray:
        (found,) = adgan.segment(model, [pixels], device=task.device)
        assert found.labels is not None
        return found.labels

    notes = {"steps": steps, "parameters": parameters(model.generator)}
    drawn = drawing(task.recipe, Segmenter(task.recipe, model.generator).predict)
    return Fitted(each(segment), notes, model.generator, halved(drawn))


def _train_adgan(task: Task, share: float) -> tuple[Model, int]:
    schedule = task.recipe.schedule
    shorter = (
        {"steps": max(1, round(share * schedule.steps))}
        if schedule.steps is not None
        else {"minutes": share * (schedule.minutes or 0)}
    )
    recipe = task.recipe.model_copy(update={"schedule": schedule.model_copy(update=shorter)})
    model = adgan.train(list(task.images), task.folder, recipe, device=task.device, overwrite=True)
    about = json.loads((task.folder / "run.json").read_text(encoding="utf-8"))
    if not about["finished"]:
        # Ctrl-C ends a training cleanly, but an unfinished training is not a result.
        raise KeyboardInterrupt
    return model, about["steps"]


def translator(train: Train) -> Callable[[Task], Fitted]:
    """Return a function that fits a method which translates images to masks."""

    def fit(task: Task) -> Fitted:
        method, steps = train(task, 1.0)
        notes = {"steps": steps, "parameters": sum(p.numel() for p in method.parameters())}
        soft: Soft = Segmenter(task.recipe, method).predict
        if takes_dark(task, soft):
            # A user would simply invert such masks; it does not count against a method.
            notes["turned"] = 1
            soft = partial(inverse, soft)
        mask = halved(drawing(task.recipe, soft))
        return Fitted(each(decoding(task.recipe, soft)), notes, method, mask)

    return fit


def takes_dark(task: Task, soft: Soft) -> bool:
    """Return True if masks are bright where images are dark, over some training images."""
    related = []
    for index in evenly_spaced(len(task.images), task.recipe.data.ndim):
        seen = build_image(task.recipe, task.images[index]).seen
        mask = soft(seen)
        related.append(np.mean((seen - seen.mean()) * (mask - mask.mean())))
    return bool(np.mean(related) < 0)


def inverse(soft: Soft, image: np.ndarray) -> np.ndarray:
    """Return one minus the soft mask of an image."""
    return 1 - soft(image)


def decoding(recipe: Recipe, soft: Soft) -> Segment:
    """Return a function that segments an image by its soft mask at the working scale."""

    def segment(pixels: np.ndarray) -> np.ndarray:
        image = build_image(recipe, pixels)
        return decode(recipe, image, soft(image.seen))

    return segment


def drawing(recipe: Recipe, soft: Soft) -> Segment:
    """Return a function that predicts the soft mask of an image at its own size, 0 to 1."""

    def drawn(pixels: np.ndarray) -> np.ndarray:
        return rescale(soft(build_image(recipe, pixels).seen), pixels.shape)

    return drawn


def halved(drawn: Segment) -> Segment:
    """Return a function that thresholds a soft mask at one half."""
    return lambda pixels: np.asarray(drawn(pixels) >= 0.5)


def size_of(recipe: Recipe) -> Size:
    """Return the network sizes of a recipe, which every method gets."""
    net, schedule = recipe.network, recipe.schedule
    return Size(
        spacing=recipe.network_spacing,
        width=net.width,
        discriminator_width=net.discriminator_width,
        blocks=net.blocks,
        kernel=net.kernel,
        smooth=net.smooth,
        betas=schedule.betas,
        decay=schedule.decay,
        seed=recipe.seed,
        halvings=net.discriminator_halvings,
    )
