"""A trained model applied to images: tiles, mask, labels, files."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adgan.auto.handling import Handling, describe, upright
from adgan.blocks import block_size, check_room, segment_blocks, working_size
from adgan.build import build_handlings, build_image
from adgan.checkpoint import Model, load
from adgan.claims import claims
from adgan.confidence import Confidence, judge, look_again
from adgan.data.scale import rescale
from adgan.decode import decode
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.heap import kept
from adgan.inputs import describe_spacing, describe_thin, read_inputs
from adgan.io import (
    Image,
    Sources,
    check_names,
    claim_output,
    write_labels,
)
from adgan.methods.adgan import IMAGE
from adgan.outputs import Segmentation, judge_picture, write_extras
from adgan.plan.segmenting import plan_segmenting
from adgan.report.trust import Judged, drop_pictures, trust_page
from adgan.translate import translate


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

HELD = 10
"""Bytes a pixel of the label map, and of what is written of it."""


@claims()
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
    channel: int | None = None,
    frames: bool = False,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Watch | None = None,
    progress: Callable[[float, str], None] | None = None,
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
        Average the network over eight flips and quarter turns: slower, a little steadier.
    confidence
        Also judge each image and nucleus, see :mod:`adgan.confidence`: columns of the table,
        ``confidence/NAME.tif`` with each nucleus filled with its value, float32, and
        ``confidence/report.html``. Takes about four times as long.
    spacing
        Micrometres a pixel, ``(Z) Y X``, in place of what the files say; volumes that do not
        say it are taken to be like those of training.
    channel
        Channel that shows nuclei, counted from 0; that of training when absent.
    frames
        Whether time series are read as separate images, as they are if they were in training.
    device
        ``auto`` takes the best there is.
    overwrite
        Whether an existing folder may be written into.
    watch
        Called after each image: its number from 1, how many there are, its name, its nuclei.
    progress
        Called with the share of all pixels that is done and the name of the image, after each
        image and each block of a large volume.
    note
        Called with each line to be said before the first image: what is done, what to expect.

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
    loaded = read_inputs(images, model.recipe, spacing, channel, frames)
    check_names(loaded)
    folder = None
    if output is not None:
        folder = claim_output(output, overwrite, [i.path for i in loaded])
    model.generator.to(choose_device(device))
    spacings = [image.spacing for image in loaded]
    loaded = [replace(image, spacing=image.spacing or known) for image in loaded]
    pixels = [image.pixels for image in loaded]
    handlings, _ = build_handlings(model.recipe, pixels, model.usual_radius)
    held_on = HELD + 4 * probability + 4 * confidence
    for image in loaded:
        check_room(model.recipe, image, held_on)
    if note:
        names = [image.name for image in loaded]
        said = describe_spacing(names, spacings, known) + describe_thin(model.recipe, loaded)
        for line in said + describe(handlings):
            note(line)
        note(str(plan_segmenting(model, loaded, threshold, symmetries, confidence, held_on)))

    done, every = 0, sum(image.pixels.size for image in loaded)
    if progress:
        progress(0.0, loaded[0].name)
    results: list[Segmented] = []
    judged: list[Judged] = []
    for number, (image, handling) in enumerate(zip(loaded, handlings, strict=True), start=1):

        def shown(share: float, image: Image = image, done: int = done) -> None:
            if progress:
                progress((done + share * image.pixels.size) / every, image.name)

        with kept(image.pixels.size):
            found = segment_image(
                model,
                image.pixels,
                threshold,
                symmetries,
                confidence,
                handling,
                image.spacing,
                probability=probability,
                watch=shown,
            )
        count, sure = int(found.labels.max()), found.confidence
        if folder is None:
            results.append(Segmented(image.name, count, labels=found.labels, confidence=sure))
        else:
            path = folder / f"{image.name}.tif"
            write_labels(path, found.labels, image.spacing)
            results.append(Segmented(image.name, count, path=path, confidence=sure))
            write_extras(folder, image, found, overlay=overlay, table=table, rois=rois)
            if sure:
                judged = drop_pictures([*judged, judge_picture(image, found.labels, sure)])
        del found  # it may be large, and the next one is made before it would be replaced
        done += image.pixels.size
        shown(1.0)
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
    *,
    probability: bool = True,
    watch: Callable[[float], None] | None = None,
) -> Segmentation:
    """Label the nuclei of one image.

    Parameters
    ----------
    model
        A trained model; runs on the device its generator is on.
    pixels
        ``(Z) Y X``, native dtype. A large volume is done in blocks, see :mod:`adgan.blocks`.
    threshold, symmetries, confidence
        As for :func:`segment`.
    handling
        What is done to this image alone, see :func:`adgan.build.build_handlings`.
    spacing
        Micrometres a pixel; as that of the training images when absent.
    probability
        Whether the soft mask is kept at the image's own size.
    watch
        Called with the share that is done, after each block.

    Returns
    -------
    Segmentation
    """
    recipe, pixels = model.recipe.magnified(handling.factor), upright(pixels, handling)
    if pixels.ndim == 3 and block_size(working_size(recipe, pixels.shape, spacing)):
        drawn = np.zeros(pixels.shape, np.float32) if probability else None
        ours = replace(model, recipe=recipe)
        labels, sure = segment_blocks(
            ours, pixels, spacing, threshold, symmetries, confidence, drawn, watch
        )
        return Segmentation(labels, drawn, sure)
    image = build_image(recipe, pixels, spacing)
    soft = (translate(model.generator, image.seen, IMAGE, symmetries=symmetries) + 1) / 2
    labels = decode(recipe, image, soft, threshold)
    sure = None
    if confidence:
        sure = judge(model, image, soft, look_again(model, image), labels, threshold)
    drawn = np.clip(rescale(soft, pixels.shape), 0, 1) if probability else None
    return Segmentation(labels, drawn, sure)
