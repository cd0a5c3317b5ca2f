"""Parts of this package as systems of their own: built-in model, student, the paper's mask."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

import adgan
from adgan.builtin.network import Network
from adgan.builtin.segmenting import find
from adgan.builtin.survey import read_image
from adgan.device import choose_device
from adgan.errors import AdganError
from adgan.instances.regions import components, grow
from adgan.io import Image
from adgan.recipe import Recipe
from adgan.segmenter import Segmenter
from adgan.training.tutoring import tutor
from adgan_bench.data import Labelled
from adgan_bench.rivals.supervised import parameters
from adgan_bench.system import Fitted, Segment, Task, each
from adgan_bench.translators import drawing, halved, train_adgan

EDGE, CORE = 0.25, 0.75
"""Probability from which a pixel of a mask with gray edges is edge, and from which it is core: half
way between the values 0, 0.5 and 1 that the mask is drawn with."""


def fit_built_in(task: Task) -> Fitted:
    """Set up the built-in model as it ships: neither images nor sizes are shown to it before."""

    def segment(images: Sequence[np.ndarray]) -> list[np.ndarray]:
        spacing = task.recipe.data.spacing
        found = adgan.segment(None, list(images), spacing=spacing, device=task.device, strict=True)
        return [one.labels for one in found if one.labels is not None]

    return Fitted(segment)


def fit_student(task: Task) -> Fitted:
    """Fine-tune the built-in model for the whole budget, and segment with it alone.

    It sees all images, and labels where the task has some: what lies in the band along the frame
    whose labels are incomplete is cut off those images.
    """
    recipe = task.recipe
    spacing = recipe.data.spacing
    known = [_inside(image, task.band) for image in task.seen]
    # An image that is labelled comes once, with its labels.
    others = [i for i in task.images if not any(i is image.pixels for image in task.seen)]
    images = [Image(Path(i.name), i.pixels, spacing, i.name) for i in known]
    images += [Image(Path(f"{n}"), p, spacing, f"unlabelled {n}") for n, p in enumerate(others)]
    labels = {image.name: image.truth for image in known}
    taught = tutor(recipe, images, labels, 60 * (recipe.schedule.minutes or 0.0))
    if taught is None:
        raise AdganError("the student has no nuclei to learn from, or no time for a step")
    student, steps = taught
    notes = {"steps": steps, "parameters": parameters(student.module), "labelled": len(labels)}
    return Fitted(each(partial(_label, student, task)), notes)


def fit_paper_mask(task: Task) -> Fitted:
    """Train AD-GAN as every user does, and take its mask for what it is: the paper's one stage.

    Neither the image nor the built-in model has a say in what becomes of the mask.
    """
    generator, steps = train_adgan(task, 1.0)
    notes = {"steps": steps, "parameters": sum(p.numel() for p in generator.parameters())}
    drawn = drawing(task.recipe, Segmenter(task.recipe, generator).predict)
    return Fitted(each(paper_labels(task.recipe, drawn)), notes, generator, halved(drawn))


def paper_labels(recipe: Recipe, drawn: Segment) -> Segment:
    """Return what turns pixels into labels by the soft mask that is drawn of them, nothing else.

    A semantic mask is cut at one half, and each of its pieces is a nucleus. In a mask with gray
    edges, or with domes, each piece of the core is one, grown to the rim by a watershed (4.5).
    """

    def segment(pixels: np.ndarray) -> np.ndarray:
        mask = drawn(pixels)
        if recipe.scene.mask == "semantic":
            return components(mask >= 0.5)
        return grow(mask, components(mask >= CORE), mask >= EDGE)

    return segment


def _label(network: Network, task: Task, pixels: np.ndarray) -> np.ndarray:
    """Segment one image with a network of the built-in kind, as the built-in model does."""
    recipe = task.recipe
    reading = read_image(network, pixels, 2 * recipe.disc_radius, recipe.data.spacing)
    if reading.empty:
        return np.zeros(pixels.shape, np.uint32)
    return find(network, pixels, reading, device=choose_device(task.device)).labels


def _inside(image: Labelled, band: int) -> Labelled:
    """Return an image without a band along the frame of its planes."""
    rows, columns = (slice(band, n - band) for n in image.pixels.shape[-2:])
    inside = (..., rows, columns)
    return Labelled(image.name, image.pixels[inside], image.truth[inside])
