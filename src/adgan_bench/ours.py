"""Parts of this package as systems of their own: built-in model, student, and the paper's mask."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

import adgan
from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network
from adgan.builtin.survey import read_image
from adgan.errors import AdganError
from adgan.instances.regions import components, grow
from adgan.io import Image
from adgan.models.segmenter import Segmenter
from adgan.recipe.recipe import Recipe
from adgan.system.device import choose_device
from adgan.training.tutoring import tutor
from adgan_bench.data import Labelled
from adgan_bench.rivals.supervised import parameters
from adgan_bench.system import Fitted, Segment, Task, each
from adgan_bench.translators import drawing, halved, train_adgan

EDGE_VALUE, CORE_VALUE = 0.25, 0.75
"""Value from which a pixel of a mask with gray edges is edge, and from which it is core: halfway
between the values 0, 0.5 and 1 of background, edge and core."""


def fit_built_in(task: Task) -> Fitted:
    """Set up the built-in model as it is; it gets no images and no sizes beforehand."""

    def segment(images: Sequence[np.ndarray]) -> list[np.ndarray]:
        spacing = task.recipe.data.spacing
        found = adgan.segment(
            None,
            list(images),
            read=adgan.ReadOptions(spacing=spacing),
            device=task.device,
            strict=True,
        )
        return [one.labels for one in found if one.labels is not None]

    return Fitted(segment)


def fit_student(task: Task) -> Fitted:
    """Fine-tune the built-in model for the whole budget, and segment with it alone.

    It sees all images, and labels if the task has some. Labelled images are cropped by the border
    band in which labels are incomplete.
    """
    recipe = task.recipe
    spacing = recipe.data.spacing
    known = [_inside(image, task.band) for image in task.seen]
    # A labelled image is used once, with its labels.
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
    """Train AD-GAN as a user does, and segment by its mask alone: the paper's one-stage method.

    Neither intensities nor the built-in model refine the mask.
    """
    generator, steps = train_adgan(task, 1.0)
    notes = {"steps": steps, "parameters": sum(p.numel() for p in generator.parameters())}
    drawn = drawing(task.recipe, Segmenter(task.recipe, generator).predict)
    return Fitted(each(paper_labels(task.recipe, drawn)), notes, generator, halved(drawn))


def paper_labels(recipe: Recipe, drawn: Segment) -> Segment:
    """Return a function that decodes a predicted soft mask into labels, as in the paper.

    A semantic mask is thresholded at one half, and each of its pieces is a nucleus. In a mask with
    gray edges or domes, each piece of the core is a nucleus, grown to the edge by a watershed
    (4.5).
    """

    def segment(pixels: np.ndarray) -> np.ndarray:
        mask = drawn(pixels)
        if recipe.scene.mask == "semantic":
            return components(mask >= 0.5)
        return grow(mask, components(mask >= CORE_VALUE), mask >= EDGE_VALUE)

    return segment


def _label(network: Network, task: Task, pixels: np.ndarray) -> np.ndarray:
    """Segment one image with a student, as the built-in model does."""
    recipe = task.recipe
    reading = read_image(network, pixels, 2 * recipe.disc_radius, recipe.data.spacing)
    if reading.empty:
        return np.zeros(pixels.shape, np.uint32)
    image = measure_image(network, pixels, reading, device=choose_device(task.device))
    return image.find().labels


def _inside(image: Labelled, band: int) -> Labelled:
    """Return a labelled image without a band along Y and X."""
    rows, columns = (slice(band, n - band) for n in image.pixels.shape[-2:])
    inside = (..., rows, columns)
    return Labelled(image.name, image.pixels[inside], image.truth[inside])
