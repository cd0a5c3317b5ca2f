"""After AD-GAN: the built-in model learns from the same images, and from labels if there are."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.survey import read_image
from adgan.errors import AdganError
from adgan.io import Image, read_labels
from adgan.io.find import find_named
from adgan.labelmap import radius_of
from adgan.recipe import Recipe
from adgan.student.learn import Seen, teach
from adgan.student.lesson import take_labels

Labels = str | os.PathLike[str] | Sequence[np.ndarray | None]
"""A folder of label maps named as their images, or a map or none for each image."""
NEAR = 1.5
"""Ratio of what labels say of the diameter to what is read, up to which the reading stands."""


def match_labels(labels: Labels, images: Sequence[Image]) -> dict[str, np.ndarray]:
    """Return the label maps that people gave, by name of the image.

    Parameters
    ----------
    labels
        A folder with label maps that are named as images of the training, some of them or all.
        For images given as arrays a list with a map, or None, for each.
    images
        Those of the training.

    Returns
    -------
    dict
        uint32 ``(Z) Y X``.

    Raises
    ------
    AdganError
        If none belongs to an image, one has another shape, or one cannot be read.
    """
    maps: Mapping[str, np.ndarray]
    if isinstance(labels, str | os.PathLike):
        found = find_named([str(labels)])
        names = {image.name for image in images}
        maps = {one.name: read_labels(one.path).pixels for one in found if one.name in names}
        if not maps:
            raise AdganError(
                f"{labels} holds no label map named as one of the images, such as "
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
                "give label maps of the images' own size"
            )
        if not one.any():
            raise AdganError(f"the labels of {name} hold no nucleus: leave the file out")
    return dict(maps)


def tutor(
    recipe: Recipe,
    images: Iterable[Image],
    labels: Mapping[str, np.ndarray],
    seconds: float,
    watch: Callable[[float], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Network, int] | None:
    """Teach the built-in model of the recipe's rank.

    Parameters
    ----------
    recipe
        Its settings.
    images
        Of the training, nuclei bright.
    labels
        Of some of them, by name.
    seconds
        To take; a recipe that counts steps takes those instead.
    watch
        Called after each step with the share that is done.
    stopped
        Asked before each step.

    Returns
    -------
    student, steps
        None where no image shows nuclei, or there is no time for a step.
    """
    rank, schedule = recipe.data.rank, recipe.schedule
    steps = schedule.steps // recipe.student.per_steps if schedule.steps else None
    if steps == 0:
        return None
    network, likely = builtin_network(rank), 2 * recipe.disc_radius
    seen, lessons = [], []
    for image in images:
        spacing = image.spacing or recipe.data.spacing
        reading = read_image(network, image.pixels, likely, spacing)
        if image.name in labels:
            reading = _told(reading, labels[image.name], spacing)
            lessons.append(take_labels(image.pixels, labels[image.name], reading))
        if not reading.empty:
            seen.append(Seen(image.pixels, reading))
    if not seen:
        return None
    limit = float("inf") if steps else seconds
    return teach(network, seen, limit, steps, recipe.student, recipe.seed, lessons, watch, stopped)


def _told(reading: Reading, labels: np.ndarray, spacing: Sequence[float] | None) -> Reading:
    """Return a reading whose diameter is that of the labels, where it is far from it."""
    sizes = np.bincount(labels.ravel())[1:]
    sides = np.divide(spacing, spacing[-1]) if spacing else np.array(reading.spacing)
    volume = np.median(sizes[sizes > 0]) * np.prod(sides)
    diameter = 2 * float(radius_of(volume, labels.ndim))
    if not reading.empty and 1 / NEAR < reading.diameter / diameter < NEAR:
        return reading
    return replace(reading, diameter=diameter, spacing=tuple(float(s) for s in sides))
