"""A trained model applied to images: tiles, mask, labels, files."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adgan.auto.handling import Handling, describe, upright
from adgan.build import build_handlings, build_image
from adgan.checkpoint import Model, load
from adgan.confidence import Confidence, judge
from adgan.data.scale import rescale
from adgan.decode import decode
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.inputs import describe_spacing, read_inputs
from adgan.io import (
    Image,
    Sources,
    check_names,
    claim_output,
    write_gray,
    write_labels,
    write_png,
)
from adgan.measure import measure
from adgan.methods.adgan import IMAGE
from adgan.plan.segmenting import plan_segmenting
from adgan.report.overlay import overlay as draw_overlay
from adgan.report.pictures import resize_labels, show
from adgan.report.trust import Judged, trust_page, trust_picture
from adgan.rois import write_geojson, write_imagej
from adgan.tables import write_csv
from adgan.translate import translate


@dataclass(frozen=True)
class Segmentation:
    """What :func:`segment_image` finds in one image.

    ``labels`` is uint32 ``(Z) Y X``; ``probability`` float32 of the same shape, from 0 to 1;
    ``confidence`` is there where it was asked for.
    """

    labels: np.ndarray
    probability: np.ndarray
    confidence: Confidence | None = None


@dataclass(frozen=True)
class Segmented:
    """One image's result: `labels` when nothing was written, else the `path` of the map.

    ``confidence`` is there where it was asked for.
    """

    name: str
    count: int
    labels: np.ndarray | None = None
    path: Path | None = None
    confidence: Confidence | None = None


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
    symmetries: bool = False,
    confidence: bool = False,
    spacing: tuple[float, ...] | None = None,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Watch | None = None,
    note: Callable[[str], None] | None = None,
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
        Probability from which a pixel may be nucleus; :data:`adgan.decode.THRESHOLD` has the
        default.
    probability
        Also write the soft mask, ``probability/NAME.tif``, float32.
    overlay
        Also write outlines on the image, ``overlay/NAME.png``.
    table
        Also write one CSV row a nucleus, ``tables/NAME.csv``.
    rois
        Also write ImageJ's ``rois/NAME.zip`` and QuPath's ``rois/NAME.geojson``.
    symmetries
        Average the network over the eight flips and quarter turns of the plane: eight times
        slower, a little steadier.
    confidence
        Also judge each image and nucleus, see :mod:`adgan.confidence`: columns of the table,
        ``confidence/NAME.tif`` with each nucleus filled with its value, float32, and
        ``confidence/report.html`` with the images to look at first. Takes about four times
        as long.
    spacing
        Micrometres a pixel, ``(Z) Y X``, in place of what the files say; volumes that do not
        say it are taken to be like those of training.
    device
        ``auto`` takes the best there is.
    overwrite
        Whether an existing folder may be written into.
    watch
        Called after each image with its number from 1, how many there are, its name and
        the number of nuclei.
    note
        Called with each line that is to be said before the first image: what is done to them, and
        what to expect.

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
    known = model.recipe.data.spacing
    loaded = read_inputs(images, model.recipe, spacing)
    check_names(loaded)
    folder = None
    if output is not None:
        folder = claim_output(output, overwrite, [i.path for i in loaded])
    model.generator.to(choose_device(device))
    spacings = [image.spacing for image in loaded]
    loaded = [replace(image, spacing=image.spacing or known) for image in loaded]
    usual = math.nan if model.usual_radius is None else model.usual_radius
    handlings, _ = build_handlings(model.recipe, [image.pixels for image in loaded], usual)
    if note:
        for line in describe_spacing(spacings, known) + describe(handlings):
            note(line)
        note(str(plan_segmenting(model, loaded, threshold, symmetries, confidence)))

    results: list[Segmented] = []
    judged: list[Judged] = []
    for number, (image, handling) in enumerate(zip(loaded, handlings, strict=True), start=1):
        found = segment_image(
            model, image.pixels, threshold, symmetries, confidence, handling, image.spacing
        )
        count, sure = int(found.labels.max()), found.confidence
        if folder is None:
            results.append(Segmented(image.name, count, labels=found.labels, confidence=sure))
        else:
            path = folder / f"{image.name}.tif"
            write_labels(path, found.labels, image.spacing)
            results.append(Segmented(image.name, count, path=path, confidence=sure))
            if sure:
                target = _part(folder, "confidence") / f"{image.name}.tif"
                write_gray(target, sure.paint(found.labels), image.spacing)
                judged.append(_judged(image, found.labels, sure))
            if probability:
                target = _part(folder, "probability") / f"{image.name}.tif"
                write_gray(target, found.probability, image.spacing)
            if overlay:
                write_overlay(_part(folder, "overlay") / f"{image.name}.png", image, found.labels)
            if table:
                extra = sure.columns() if sure else None
                rows = measure(found.labels, image.pixels, image.spacing, extra=extra)
                write_csv(rows, _part(folder, "tables") / f"{image.name}.csv")
            if rois:
                write_imagej(found.labels, _part(folder, "rois") / f"{image.name}.zip")
                write_geojson(found.labels, _part(folder, "rois") / f"{image.name}.geojson")
        if watch:
            watch(number, len(loaded), image.name, count)
    if folder and judged:
        trust_page(folder / "confidence" / "report.html", judged)
    return results


def segment_image(
    model: Model,
    pixels: np.ndarray,
    threshold: float | None = None,
    symmetries: bool = False,
    confidence: bool = False,
    handling: Handling = Handling(),  # noqa: B008
    spacing: Sequence[float] | None = None,
) -> Segmentation:
    """Label the nuclei of one image.

    Parameters
    ----------
    model
        A trained model; runs on the device its generator is on.
    pixels
        ``(Z) Y X``, native dtype.
    threshold, symmetries, confidence
        As for :func:`segment`.
    handling
        What is done to this image alone, see :func:`adgan.build.build_handlings`.
    spacing
        Micrometres a pixel; as that of the training images when absent.

    Returns
    -------
    Segmentation
    """
    recipe = model.recipe.magnified(handling.factor)
    image = build_image(recipe, upright(pixels, handling), spacing)
    soft = (translate(model.generator, image.seen, IMAGE, symmetries=symmetries) + 1) / 2
    labels = decode(recipe, image, soft, threshold)
    sure = judge(model, image, soft, labels, threshold) if confidence else None
    return Segmentation(labels, np.clip(rescale(soft, pixels.shape), 0, 1), sure)


def write_overlay(path: Path, image: Image, labels: np.ndarray) -> None:
    """Write an image with the outlines of its nuclei; a volume as its maximum projection."""
    flat = (lambda a: a) if image.pixels.ndim == 2 else (lambda a: a.max(axis=0))
    picture = show(flat(image.pixels))
    write_png(path, draw_overlay(picture, resize_labels(flat(labels), picture.shape)))


def _judged(image: Image, labels: np.ndarray, sure: Confidence) -> Judged:
    picture = trust_picture(image.pixels, labels, sure.nuclei)
    return Judged(image.name, sure.image, sure.nuclei, sure.missed, picture)


def _part(folder: Path, name: str) -> Path:
    """Return a sub-folder for one kind of output, made when it is first needed."""
    part = folder / name
    part.mkdir(exist_ok=True)
    return part
