"""Fine-tune the built-in model on the images of a run, and on their labels if there are any."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from adgan.builtin.learn import halved
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.survey import read_image
from adgan.errors import AdganError
from adgan.io import Image, read_labels
from adgan.io.find import find_named
from adgan.labels.labelmap import radius_of
from adgan.recipe.recipe import Recipe
from adgan.recipe.student import StudentSettings
from adgan.runs import STUDENT
from adgan.runs.record import hashes
from adgan.runs.tensors import save_tensors
from adgan.student.learn import Seen, teach
from adgan.student.lesson import take_labels
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.state import RunState

Labels = str | os.PathLike[str] | Sequence[np.ndarray | None]
"""A folder with label maps named as their images, or a list with a map or None for each image."""


def match_labels(labels: Labels, images: Sequence[Image]) -> dict[str, np.ndarray]:
    """Return the given label maps, by image name.

    Parameters
    ----------
    labels
        Folder with label maps of some or all images, with the file names of their images. For
        images given as arrays: a list with a map, or None, for each.
    images
        The training images.

    Returns
    -------
    dict
        uint32 ``(Z) Y X``.

    Raises
    ------
    AdganError
        If no label map belongs to an image, or if one has another shape or cannot be read.
    """
    maps: Mapping[str, np.ndarray]
    if isinstance(labels, str | os.PathLike):
        found = find_named([str(labels)])
        names = {image.name for image in images}
        maps = {one.name: read_labels(one.path).pixels for one in found if one.name in names}
        if not maps:
            raise AdganError(
                f"{labels} holds no label map with the name of an image, such as "
                f"{images[0].name}.tif: give label maps the names of their images"
            )
    else:
        if len(labels) != len(images):
            raise AdganError(
                f"{len(labels)} label maps for {len(images)} images: give one, or None, for each"
            )
        maps = {
            image.name: np.asarray(one)
            for image, one in zip(images, labels, strict=True)
            if one is not None
        }
    shapes = {image.name: image.pixels.shape for image in images}
    for name, one in maps.items():
        if one.shape != shapes[name]:
            raise AdganError(
                f"the labels of {name} have shape {one.shape} and the image {shapes[name]}: "
                "give label maps of the same size as their images"
            )
        if not one.any():
            raise AdganError(f"the label map of {name} holds no nucleus: leave it out")
    return dict(maps)


def tutor(
    recipe: Recipe,
    images: Iterable[Image],
    labels: Mapping[str, np.ndarray],
    seconds: float,
    watch: Callable[[float], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Network, int] | None:
    """Fine-tune the built-in model for images or volumes.

    Parameters
    ----------
    recipe
        Settings of the run.
    images
        The training images, nuclei bright.
    labels
        Label maps of some of them, by image name.
    seconds
        Time to train, in seconds; a recipe that counts steps uses steps instead.
    watch
        Called after each step with the completed fraction.
    stopped
        Called before each step; training ends when it returns True.

    Returns
    -------
    student, steps
        The fine-tuned model and its number of steps. None if no image shows nuclei, or if there is
        no time for a step.
    """
    ndim, schedule = recipe.data.ndim, recipe.schedule
    steps = schedule.steps // recipe.student.per_steps if schedule.steps else None
    if steps == 0:
        return None
    network, likely = builtin_network(ndim), 2 * recipe.disc_radius
    seen, lessons = [], []
    for image in images:
        spacing = image.spacing or recipe.data.spacing
        reading = read_image(network, image.pixels, likely, spacing)
        if image.name in labels:
            reading = _with_diameter(reading, labels[image.name], spacing, recipe.student)
            lessons.append(take_labels(image.pixels, labels[image.name], reading))
        if not reading.empty:
            seen.append(Seen(image.pixels, reading))
    if not seen:
        return None
    limit = float("inf") if steps else seconds
    return teach(network, seen, limit, steps, recipe.student, recipe.seed, lessons, watch, stopped)


def teach_student(
    state: RunState,
    watch: Callable[[dict[str, float]], None] | None,
    note: Callable[[str], None] | None,
) -> None:
    """Fine-tune the built-in model, and write the weights of the student.

    Parameters
    ----------
    state
        State of a training after its AD-GAN part.
    watch, note
        See :func:`adgan.train`.
    """
    began, course, recipe, labels = time.monotonic(), state.course, state.recipe, state.labels
    seconds = 60 * (recipe.schedule.minutes or 0.0) * recipe.student.share
    if note:
        known = f", {len(labels)} of them with labels" if labels else ""
        note(f"fine-tuning the built-in model on {len(state.read)} images{known}")

    def shown(share: float) -> None:
        spent = time.monotonic() - began
        left = spent * (1 / max(share, 1e-3) - 1)
        if watch:
            watch({**course.curve[-1], "seconds": course.seconds + spent, "left": left})

    with stop_on_interrupt() as stopped:
        taught = tutor(recipe, state.read, labels, seconds, shown, stopped)
    if not taught:
        return
    student, steps = taught
    save_tensors(state.folder / STUDENT, halved(student.module))
    spent = time.monotonic() - began
    state.note(student={"steps": steps, "seconds": spent, "labels": hashes(labels)})


def _with_diameter(
    reading: Reading,
    labels: np.ndarray,
    spacing: Sequence[float] | None,
    how: StudentSettings,
) -> Reading:
    """Return the reading, with the diameter of the labels if the estimated one is far from it."""
    sizes = np.bincount(labels.ravel())[1:]
    sides = np.divide(spacing, spacing[-1]) if spacing else np.array(reading.spacing)
    volume = np.median(sizes[sizes > 0]) * np.prod(sides)
    diameter = 2 * float(radius_of(volume, labels.ndim))
    limit = how.diameter_ratio
    if not reading.empty and 1 / limit < reading.diameter / diameter < limit:
        return reading
    return replace(reading, diameter=diameter, spacing=tuple(float(s) for s in sides))
