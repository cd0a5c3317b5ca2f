"""A trained model applied to images: tiles, mask, labels, files."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from adgan.boundary import divide, signed_depth, snap
from adgan.checkpoint import Model, load
from adgan.data.prepare import Prepared, prepare
from adgan.data.scale import nearest, rescale
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.instances import components, find_markers, grow, tidy
from adgan.io import (
    Image,
    Sources,
    check_names,
    claim_output,
    load_images,
    write_gray,
    write_labels,
    write_png,
)
from adgan.measure import measure
from adgan.methods.adgan import IMAGE
from adgan.recipe import Recipe
from adgan.report.overlay import overlay as draw_overlay
from adgan.report.pictures import resize_labels, show
from adgan.rois import write_geojson, write_imagej
from adgan.shape import merge_fragments
from adgan.tables import write_csv
from adgan.translate import translate
from adgan.visible import calmed, find_faint, noise_level

THRESHOLD = {"semantic": 0.3, "edge": 0.25, "dome": 0.25}
"""Probability at which a mask of each kind turns into nucleus: low, as the rim is then snapped to
the light, which cuts back what is too much, but cannot find what is not there."""
LEAST = 0.15
"""Least area or volume of a nucleus, as a share of the smallest the run was made for."""
LEAST_CUT = 0.05
"""The same for a nucleus cut by the frame."""
PASSES = 3
"""Times the rim may move out from where it was last put, so that half a dim nucleus grows whole."""
HOLE = 0.15
"""Area or volume up to which a hole in the mask is filled, as a share of a mean nucleus."""
HEIGHT = 0.01
"""Least depth of a dip at which the relief is cut; too many cuts are mended by shape."""
SMOOTHING = 0.1
"""Standard deviation by which the relief is smoothed, in radii."""
SPECK = 0.1
"""Area or volume below which a fragment joins a neighbour, as a share of a mean nucleus."""
LARGEST = 2.0
"""Area or volume that joined fragments may not exceed, in mean nuclei."""


@dataclass(frozen=True)
class Segmentation:
    """What :func:`segment_image` finds in one image.

    ``labels`` is uint32 ``(Z) Y X``; ``probability`` float32 of the same shape, from 0 to 1.
    """

    labels: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True)
class Segmented:
    """One image's result: `labels` when nothing was written, else the `path` of the map."""

    name: str
    count: int
    labels: np.ndarray | None = None
    path: Path | None = None


Watch = Callable[[int, int, str, int], None]


def segment(
    model: Model | str | os.PathLike[str],
    images: Sources,
    output: str | os.PathLike[str] | None = None,
    *,
    threshold: float | None = None,
    probability: bool = False,
    overlay: bool = False,
    table: bool = False,
    rois: bool = False,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Watch | None = None,
) -> list[Segmented]:
    """Label the nuclei of images.

    Parameters
    ----------
    model
        What :func:`adgan.train` gave, or a run folder.
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    output
        Folder for one label TIFF an image, named and sized as the image; without it the
        maps are returned.
    threshold
        Probability from which a pixel may be nucleus; by default that of :data:`THRESHOLD`.
    probability
        Also write the soft mask, ``probability/NAME.tif``, float32.
    overlay
        Also write outlines on the image, ``overlay/NAME.png``.
    table
        Also write one CSV row a nucleus, ``tables/NAME.csv``.
    rois
        Also write ImageJ's ``rois/NAME.zip`` and QuPath's ``rois/NAME.geojson``.
    device
        ``auto`` takes the best there is.
    overwrite
        Whether an existing folder may be written into.
    watch
        Called after each image with its number from 1, how many there are, its name and
        the number of nuclei.

    Returns
    -------
    list of Segmented
        In the order of the images.

    Raises
    ------
    AdganError
        If the run or an image cannot be read or used, or the folder not be written.
    """
    if threshold is not None and not 0 < threshold < 1:
        raise AdganError(f"threshold must lie between 0 and 1, not {threshold:g}")
    if output is None and (probability or overlay or table or rois):
        raise AdganError("probability, overlay, table and rois are files: give an output folder")
    if not isinstance(model, Model):
        model = load(model)
    data = model.recipe.data
    loaded = load_images(images, data.channel, data.frames)
    if loaded[0].pixels.ndim != data.rank:
        raise AdganError(
            f"{loaded[0].path} has {loaded[0].pixels.ndim} axes and the run was trained on "
            f"{data.rank}: give images like those it was trained on"
        )
    check_names(loaded)
    folder = None
    if output is not None:
        folder = claim_output(output, overwrite, [i.path for i in loaded])
    model.generator.to(choose_device(device))

    results = []
    for number, image in enumerate(loaded, start=1):
        found = segment_image(model, image.pixels, threshold)
        count = int(found.labels.max())
        if folder is None:
            results.append(Segmented(image.name, count, labels=found.labels))
        else:
            path = folder / f"{image.name}.tif"
            write_labels(path, found.labels, image.spacing)
            results.append(Segmented(image.name, count, path=path))
            if probability:
                target = _part(folder, "probability") / f"{image.name}.tif"
                write_gray(target, found.probability, image.spacing)
            if overlay:
                write_overlay(_part(folder, "overlay") / f"{image.name}.png", image, found.labels)
            if table:
                rows = measure(found.labels, image.pixels, image.spacing)
                write_csv(rows, _part(folder, "tables") / f"{image.name}.csv")
            if rois:
                write_imagej(found.labels, _part(folder, "rois") / f"{image.name}.zip")
                write_geojson(found.labels, _part(folder, "rois") / f"{image.name}.geojson")
        if watch:
            watch(number, len(loaded), image.name, count)
    return results


def segment_image(model: Model, pixels: np.ndarray, threshold: float | None = None) -> Segmentation:
    """Label the nuclei of one image.

    Parameters
    ----------
    model
        A trained model; runs on the device its generator is on.
    pixels
        ``(Z) Y X``, native dtype.
    threshold
        As for :func:`segment`.

    Returns
    -------
    Segmentation
    """
    recipe = model.recipe
    data = recipe.data
    if threshold is None:
        threshold = THRESHOLD[recipe.scene.mask]
    image = prepare(pixels, recipe.scale, data.percentiles, data.gamma)
    soft = (translate(model.generator, image.working, IMAGE) + 1) / 2
    mask = find_mask(recipe, image, soft >= threshold)
    if recipe.task == "semantic":
        labels = components(mask)
    else:
        labels = split(recipe, image, mask, soft)
    radius = recipe.working_radius(sum(recipe.scene.radius) / 2)
    small = nearest(labels, soft.shape)
    faint = find_faint(small, image.working, radius, noise_level(image.working))
    labels[np.isin(labels, faint)] = 0
    probability = np.clip(rescale(soft, pixels.shape), 0, 1)
    return Segmentation(finish(recipe, labels), probability)


def find_mask(recipe: Recipe, image: Prepared, coarse: np.ndarray) -> np.ndarray:
    """Snap a coarse mask at the working scale to the image at its own.

    Returns
    -------
    numpy.ndarray
        Boolean, of the image's own shape.
    """
    radius = recipe.working_radius(sum(recipe.scene.radius) / 2)
    hole = HOLE * ball(radius, coarse.ndim)
    for _ in range(PASSES - 1):
        threshold, depth = snap(image.working, coarse, radius, hole)
        coarse = coarse | divide(image.working, threshold, depth, hole)
    threshold, depth = snap(image.working, coarse, radius, hole)
    shape = image.full.shape
    zoom = image.full.size / coarse.size
    calm = calmed(image.full, SMOOTHING * radius / recipe.scale)
    return divide(calm, rescale(threshold, shape), rescale(depth, shape), hole * zoom)


def split(recipe: Recipe, image: Prepared, mask: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """Split touching nuclei: cut wherever the relief dips, then mend by shape.

    The relief is the depth in the mask, in radii, plus the network's output. Cut at every small
    dip it falls into fragments, of which those are joined whose union is convex and of one
    brightness.

    Parameters
    ----------
    recipe
        The run's settings, for sizes.
    image
        The image, for its brightness.
    mask
        Boolean, of the image's own shape.
    soft
        The network's output at the working scale, 0 to 1.

    Returns
    -------
    numpy.ndarray
        uint32, of the image's own shape.
    """
    radius = recipe.working_radius(sum(recipe.scene.radius) / 2)
    nucleus = ball(radius, mask.ndim)
    small = rescale(mask.astype(np.float32), soft.shape) >= 0.5
    depth = np.where(small, signed_depth(small) / radius, 0)
    brightness = (image.working + 1) / 2
    relief = ndimage.gaussian_filter((depth + soft) / 2, SMOOTHING * radius)
    fragments = grow(relief, find_markers(relief, small, HEIGHT), small)
    nuclei = merge_fragments(fragments, brightness, SPECK * nucleus, LARGEST * nucleus)
    full = np.where(mask, nearest(nuclei, mask.shape), 0)
    return grow(rescale(relief, mask.shape), full, mask)


def finish(recipe: Recipe, labels: np.ndarray) -> np.ndarray:
    """Fill holes, drop specks relative to the sizes of a run, and number from 1."""
    smallest = recipe.scene.radius[0] * np.sqrt(1 - recipe.scene.eccentricity[1] ** 2)
    size = ball(smallest, labels.ndim)
    return tidy(labels, LEAST * size, LEAST_CUT * size)


def ball(radius: float, rank: int) -> float:
    """Return the area of a disc or the volume of a ball."""
    return float({2: np.pi, 3: 4 / 3 * np.pi}[rank] * radius**rank)


def write_overlay(path: Path, image: Image, labels: np.ndarray) -> None:
    """Write an image with the outlines of its nuclei; a volume as its maximum projection."""
    flat = (lambda a: a) if image.pixels.ndim == 2 else (lambda a: a.max(axis=0))
    picture = show(flat(image.pixels))
    write_png(path, draw_overlay(picture, resize_labels(flat(labels), picture.shape)))


def _part(folder: Path, name: str) -> Path:
    """Return a sub-folder for one kind of output, made when it is first needed."""
    part = folder / name
    part.mkdir(exist_ok=True)
    return part
