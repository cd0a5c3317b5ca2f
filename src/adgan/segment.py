"""A trained model applied to images: tiles, mask, labels, files."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from adgan.auto.handling import Handling, describe, upright
from adgan.batch.begin import begin
from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row, State
from adgan.batch.part import Part
from adgan.blocks import block_size, check_room, segment_blocks, working_size
from adgan.build import build_handlings, build_image
from adgan.checkpoint import Model, fingerprint, load
from adgan.confidence import Confidence, judge, look_again
from adgan.data.scale import rescale
from adgan.decode import decode
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.heap import kept
from adgan.inputs import describe_spacing, describe_thin, open_inputs
from adgan.io import (
    Collection,
    Entry,
    Image,
    Scene,
    Skipped,
    Sources,
    check_names,
)
from adgan.io.lazy import Lazy
from adgan.methods.adgan import IMAGE
from adgan.outputs import (
    Segmentation,
    Store,
    check_store,
    confidence_of,
    confidence_page,
    map_path,
    write_extras,
    write_map,
)
from adgan.plan.segmenting import plan_segmenting
from adgan.recipe import Recipe
from adgan.translate import translate


@dataclass(frozen=True)
class Segmented:
    """One image's result: `labels` when nothing was written, else the `path` of the map.

    Attributes
    ----------
    name, count
        Of the image, and the number of its nuclei.
    labels, path
        Neither is there where the image was skipped.
    confidence
        Of the image and each nucleus, where it was asked for and nothing was written.
    expected
        The F1 to expect of the image, where confidence was asked for.
    reason
        Why the map is empty or the image was skipped; of others nothing.
    """

    name: str
    count: int
    labels: np.ndarray | None = None
    path: Path | None = None
    confidence: Confidence | None = None
    expected: float | None = None
    reason: str = ""

    @property
    def skipped(self) -> bool:
        """Whether the image could not be used."""
        return self.labels is None and self.path is None


Watch = Callable[[int, int, str, int], None]

SETTINGS = "segment.json"
"""File of an output folder that says what its label maps depend on."""
HELD = 10
"""Bytes a pixel of the label map, and of what is written of it."""


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
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    store: Store = "tiff",
    part: str | None = None,
    strict: bool = False,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Watch | None = None,
    progress: Callable[[float, str], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> list[Segmented]:
    """Label the nuclei of images.

    Images are read one at a time. One that cannot be used is skipped, a blank one has an empty
    map. Called again with the same output and settings, it does what is missing.

    Parameters
    ----------
    model
        What :func:`adgan.train` gave, or a run folder.
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    output
        Folder for one label TIFF an image, named and sized as the image, within sub-folders as
        it is; without it the maps are returned. ``manifest.jsonl`` in it says what became of
        each image.
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
    axes
        A letter for each axis of the files, such as ``TZCYX``, in place of what they say.
    scene
        Which of several images in one file, counted from 0, or ``"all"``.
    include, exclude
        Patterns that file names, or their places under the folder, must match or must not.
    store
        Label maps as ``tiff``, ``zarr`` (``NAME.ome.zarr/labels/nuclei``, OME-Zarr 0.5) or beside
        the image in its own OME-Zarr store (``source``).
    part
        ``I/N``: the I-th of N parts of the images alone, for jobs that share the work.
    strict
        Whether all images are read before the first is segmented, and a single one that cannot
        be used refuses all.
    device
        ``auto`` takes the best there is.
    overwrite
        Whether to start anew in a folder that holds files.
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
        In the order of the images; skipped ones at the end.

    Raises
    ------
    AdganError
        If the run cannot be read, no image can be used, the folder cannot be written or was
        begun with another run or other settings.
    """
    if threshold is not None and not 0 < threshold < 1:
        raise AdganError(f"threshold must lie between 0 and 1, not {threshold:g}")
    if output is None and (probability or overlay or table or rois or part):
        raise AdganError(
            "probability, overlay, table, rois and parts are files: give an output folder"
        )
    if part and overwrite:
        raise AdganError("overwriting would undo what other parts do: remove the folder first")
    share = Part.read(part) if part else None
    named = "a model in memory" if isinstance(model, Model) else str(model)
    if not isinstance(model, Model):
        model = load(model)
    recipe, known = model.recipe, model.recipe.data.spacing
    held_on = HELD + 4 * probability + 4 * confidence
    collection = open_inputs(
        images, recipe, spacing, channel, frames,
        axes=axes, scene=scene, include=include, exclude=exclude,
    )  # fmt: skip
    check_names(collection.entries)
    spacings = [entry.spacing for entry in collection.entries]
    names = [entry.name for entry in collection.entries]
    collection = _with_room(_with_spacing(collection, known), recipe, held_on)
    collection = collection.require(strict).proven(every=strict).require(strict)

    manifest, folder = None, None
    if output is not None:
        check_store(store, collection.entries)
        settings: dict[str, Any] = {
            "model": fingerprint(model), "threshold": threshold, "probability": probability,
            "overlay": overlay, "table": table, "rois": rois, "symmetries": symmetries,
            "confidence": confidence, "spacing": spacing, "channel": channel, "frames": frames,
            "axes": axes, "scene": scene, "store": store,
        }  # fmt: skip
        paths = [entry.path for entry in collection.entries]
        folder = begin(output, SETTINGS, settings, overwrite, paths, named)
        manifest = Manifest(folder, share)
    own = share.take(collection.entries) if share else collection.entries
    missing = [
        e
        for e in own
        if not (manifest and folder and manifest.has(e, map_path(folder, e.name, e.path, store)))
    ]
    model.generator.to(choose_device(device))
    handlings = _handlings(model, collection) if missing else {}
    if note:
        for line in collection.notes:
            note(line)
        if len(missing) < len(own):
            note(f"{len(own) - len(missing)} of {len(own)} images were done before")
        said = describe_spacing(names, spacings, known) if missing else []
        said += describe_thin(recipe, missing)
        for line in said + describe(list(handlings.values())):
            note(line)
        numbers = {0, len(missing) // 2, len(missing) - 1} if missing else set()
        chosen = [collection.entries.index(missing[number]) for number in sorted(numbers)]
        if probes := collection.read_some(chosen)[0]:
            plan = plan_segmenting(
                model, missing, probes, threshold, symmetries, confidence, held_on
            )
            note(str(plan))

    def do(entry: Entry, image: Image, shown: Callable[[float], None]) -> tuple[Row, Segmented]:
        handling = handlings[entry.name]
        with kept(image.pixels.size):
            found = _label(
                model, image, threshold, symmetries, confidence, handling, probability, shown
            )
        state: State = "empty" if image.blank else "done"
        reason = "all pixels have one value" if image.blank else ""
        count, sure = int(np.count_nonzero(np.unique(found.labels))), found.confidence
        details: dict[str, Any] = {"nuclei": count, "shape": entry.shape}
        if handling != Handling():
            details |= {"factor": handling.factor, "inverted": handling.inverted}
        if sure:
            details |= confidence_of(sure)
        row = Row(entry.name, str(entry.path), state, entry.stamp, reason, details)
        if folder is None:
            expected = sure.image if sure else None
            return row, Segmented(entry.name, count, found.labels, None, sure, expected, reason)
        write_extras(folder, image, found, overlay=overlay, table=table, rois=rois)
        write_map(map_path(folder, entry.name, entry.path, store), found.labels, image.spacing)
        return row, _segmented(row, folder, store)

    ours = not share or share.number == 1  # one part tells of what none can use
    skipped = [Row.of_skipped(one) for one in collection.skipped] if ours else []
    if manifest:
        for row in skipped:
            manifest.add(row)
    results: dict[str, Segmented] = {}
    before = len(own) - len(missing)
    worked = work_through(collection.read, missing, do, manifest, progress)
    for number, (row, result) in enumerate(worked, start=before + 1):
        if result is None:
            skipped.append(row)
        else:
            results[row.name] = result
        if watch:
            watch(number, len(own), row.name, result.count if result else 0)
    if manifest and folder:
        for entry in own:
            if entry.name in manifest.rows and entry.name not in results:
                results[entry.name] = _segmented(manifest.rows[entry.name], folder, store)
        manifest.close([*(e.name for e in own), *(row.name for row in skipped)])
        if confidence:
            confidence_page(folder, manifest.rows.values(), collection, store)
    done = [results[e.name] for e in own if e.name in results and not results[e.name].skipped]
    if not done and skipped:
        raise AdganError(skipped[0].reason)
    return [*done, *(Segmented(row.name, 0, reason=row.reason) for row in skipped)]


def _segmented(row: Row, folder: Path, store: Store) -> Segmented:
    """Return the result that a row of the manifest tells of."""
    if row.state == "skipped":
        return Segmented(row.name, 0, reason=row.reason)
    return Segmented(
        row.name,
        row.details["nuclei"],
        path=map_path(folder, row.name, Path(row.source), store),
        expected=row.details.get("confidence"),
        reason=row.reason,
    )


def _with_spacing(collection: Collection, known: tuple[float, ...] | None) -> Collection:
    """Return images with the voxel size of training where they state none."""
    entries = [replace(e, spacing=e.spacing or known) for e in collection.entries]
    return Collection(entries, collection.skipped, collection.notes)


def _with_room(collection: Collection, recipe: Recipe, held_on: int) -> Collection:
    """Return images without those that memory has no room for."""
    large = []
    for entry in collection.entries:
        try:
            check_room(recipe, entry, held_on + entry.dtype.itemsize)
        except AdganError as error:
            large.append(Skipped(entry.path, entry.name, str(error)))
    return collection.without(large)


def _handlings(model: Model, collection: Collection) -> dict[str, Handling]:
    """Find out what is to be done to each image, by name; of images that cannot be read, nothing.

    All images are looked at, whatever part of them is done here or was done before, so that each
    is handled alike in all parts.
    """

    def pixels(number: int) -> np.ndarray:
        entry = collection.entries[number]
        try:
            return collection.read(entry).pixels
        except AdganError:
            return np.zeros((1,) * len(entry.shape), np.uint8)

    looked = Lazy(len(collection), pixels)
    handlings, _ = build_handlings(model.recipe, looked, model.usual_radius)
    return {e.name: h for e, h in zip(collection.entries, handlings, strict=True)}


def _label(
    model: Model,
    image: Image,
    threshold: float | None,
    symmetries: bool,
    confidence: bool,
    handling: Handling,
    probability: bool,
    watch: Callable[[float], None],
) -> Segmentation:
    """Label the nuclei of one image; where it is blank or does not reach, there are none."""
    if image.blank:
        labels = np.zeros(image.shape, np.uint32)
        return Segmentation(labels, labels.astype(np.float32) if probability else None)
    found = segment_image(
        model, image.pixels, threshold, symmetries, confidence, handling, image.spacing,
        probability=probability, watch=watch,
    )  # fmt: skip
    if image.outside is not None:
        found.labels[image.outside] = 0
    return found


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
