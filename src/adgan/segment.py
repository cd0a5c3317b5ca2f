"""A trained model, or the built-in one, applied to images: tiles, mask, labels, files."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from adgan.auto.handling import Handling, describe, upright
from adgan.auto.kind import describe_kinds
from adgan.batch.begin import begin
from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row, State
from adgan.batch.part import Part
from adgan.blocks import (
    BYTES,
    LARGE,
    block_size,
    check_room,
    plan_blocks,
    segment_mask,
    sight_of_run,
    working_size,
)
from adgan.build import build_handlings
from adgan.builtin.engines import EngineName
from adgan.builtin.umpire import umpire
from adgan.checkpoint import Model, fingerprint, load
from adgan.claims import claims
from adgan.confidence import Confidence, judge, look_again
from adgan.data.scale import rescale
from adgan.device import Device, choose_device
from adgan.errors import AdganError
from adgan.heap import few_kernels, kept
from adgan.inputs import describe_spacing, describe_thin, open_inputs
from adgan.io import (
    Collection,
    Entry,
    Image,
    Scene,
    Skipped,
    Sources,
    Windowed,
    check_names,
)
from adgan.io.lazy import Lazy
from adgan.large import Each, confidence_in, is_large, segment_large
from adgan.outputs import (
    Asked,
    Segmentation,
    Store,
    check_store,
    confidence_of,
    confidence_page,
    without_border,
    write_extras,
    write_map,
)
from adgan.peak import available
from adgan.piecewise import segment_blocks
from adgan.plan.segmenting import plan_segmenting
from adgan.segmenter import Segmenter
from adgan.series import find_series, write_series
from adgan.tables import TableFormat, check_format
from adgan.untrained import BuiltIn, built_in, usual_diameter


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
SOME = {2: 5, 3: 3}
"""Images, by rank, that tell the built-in model the usual size before it segments the first."""
BLANK = 16
"""Pixels an axis of what stands for an image that cannot be read, when all are looked at."""


@claims()
def segment(
    model: Model | BuiltIn | str | os.PathLike[str] | None,
    images: Sources,
    output: str | os.PathLike[str] | None = None,
    *,
    threshold: float | None = None,
    probability: bool = False,
    overlay: bool = False,
    table: bool = False,
    table_format: TableFormat = "csv",
    rois: bool = False,
    symmetries: bool = False,
    confidence: bool = False,
    exclude_border: bool = False,
    series: bool = False,
    spacing: tuple[float, ...] | None = None,
    channel: int | None = None,
    frames: bool = False,
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    store: Store = "tiff",
    pictures: bool = True,
    part: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    strict: bool = False,
    device: Device = "auto",
    engine: EngineName = "torch",
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
        What :func:`adgan.train` gave, or a run folder; None takes the built-in model, which needs
        no training.
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
        Also write a table with one row per nucleus, ``tables/NAME.csv``.
    table_format
        ``csv``, ``parquet`` or ``anndata`` (``.h5ad``), see :mod:`adgan.tables`.
    rois
        Also write ImageJ's ``rois/NAME.zip`` and QuPath's ``rois/NAME.geojson``.
    symmetries
        Average the network over eight flips and quarter turns: slower, a little steadier.
    confidence
        Also judge each image and nucleus, see :mod:`adgan.confidence`: columns of the table,
        ``confidence/NAME.tif`` with each nucleus filled with its value, float32, and
        ``confidence/report.html``. Takes about four times as long.
    exclude_border
        Leave out nuclei that the frame cuts (first and last slice too), in label maps and tables.
    series
        Also write the label maps of each time series as trackers read them, ``series/NAME.tif``
        and ``series/NAME_RES/mask000.tif``, see :mod:`adgan.series`. The frames of a file, or the
        files of a folder, are a series.
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
    pictures
        Whether pages may show pieces of the images.
    part
        ``I/N``: the I-th of N parts of the images alone, for jobs that share the work.
    workers
        Processes of one thread each that share the work on this machine (``adgan[dask]``).
    scheduler
        Address of a Dask cluster whose workers do. They see images and output under the same
        paths as this process; the model comes to them in bytes.
    strict
        Whether all images are read before the first is segmented, and a single one that cannot
        be used refuses all.
    device
        ``auto`` takes the best there is.
    engine
        What runs the network of the built-in model: ``torch``, or on the CPU ``onnx`` or
        ``openvino``, which is faster there. Labels are the same but for rounding.
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
    asked = Asked(
        threshold, probability, overlay, table, rois, symmetries, confidence, store,
        table_format, exclude_border, pictures,
    )  # fmt: skip
    share = Part.read(part) if part else None
    _check(asked, output is not None, share, overwrite, series)
    if workers and scheduler:
        raise AdganError("workers are started here and a scheduler has its own: give either")
    if model is None:
        model = built_in()
    named = "the built-in model" if isinstance(model, BuiltIn) else "a model in memory"
    if not isinstance(model, (Model, BuiltIn)):
        named, model = str(model), load(model)
    if engine != "torch" and not isinstance(model, BuiltIn):
        raise AdganError(f"the engine {engine} runs the built-in model alone: leave out {named}")
    stated = open_inputs(
        images, model.recipe, spacing, channel, frames or series, axes=axes, scene=scene,
        include=include, exclude=exclude, any_rank=isinstance(model, BuiltIn),
    )  # fmt: skip
    check_names(stated.entries)
    collection = _usable(stated, model, asked, strict)
    folder, manifest = None, None
    tracks = find_series(collection) if series else []
    if output is not None:
        check_store(store, collection.entries)
        settings = {
            "model": _fingerprint(model), "spacing": spacing, "channel": channel,
            "frames": frames or series, "axes": axes, "scene": scene, **asdict(asked),
        }  # fmt: skip
        folder = begin(
            output, SETTINGS, settings, overwrite, collection.paths, named, shared=share is not None
        )
        manifest = Manifest(folder, share)
    own = share.take(collection.entries) if share else collection.entries
    missing = list(own)
    if manifest:
        missing = [e for e in own if not manifest.has(e, asked.place(manifest.folder, e))]
    chosen = choose_device(device)
    handlings: dict[str, Handling] = {}
    if isinstance(model, BuiltIn):
        usual = usual_diameter(_some(collection)) if missing else math.nan
        model = replace(model, device=chosen, usual=usual, engine=engine)
        missing = _marked(model, missing, asked)
        if missing:
            model.network(len(missing[0].shape))  # what the engine lacks is told before all images
    else:
        model.generator.to(chosen)
        handlings = _handlings(model, collection) if missing else {}
    if note:
        before = len(own) - len(missing)
        for line in [
            *collection.notes,
            *([f"{before} of {len(own)} images were done before"] if before else []),
            *_describe(model, asked, stated, collection, missing, handlings),
        ]:
            note(line)

    job = _Job(model, asked, handlings, folder, device)
    ours = share is None or share.number == 1  # one part tells of what none can use
    skipped = [Row.of_skipped(one) for one in collection.skipped] if ours else []
    if manifest:
        for row in skipped:
            manifest.add(row)
    found: dict[str, Segmented] = {}
    with _workers(workers, scheduler) if missing else nullcontext() as client:
        worked = _worked(job, collection, missing, manifest, progress, client)
        for number, (row, result) in enumerate(worked, start=len(own) - len(missing) + 1):
            if result is None:
                skipped.append(row)
            else:
                found[row.name] = result
            if watch:
                watch(number, len(own), row.name, result.count if result else 0)
    left = {row.name for row in skipped}
    if manifest:
        for entry in own:
            if entry.name not in left:
                row = manifest.rows[entry.name]
                place = asked.place(manifest.folder, entry)
                found.setdefault(entry.name, _segmented(row, place))
        manifest.close([*(entry.name for entry in own), *(row.name for row in skipped)])
        if not share:  # a part has not all frames
            for one in tracks:
                write_series(manifest.folder / "series", one, partial(asked.place, manifest.folder))
        if confidence:
            confidence_page(manifest.folder, manifest.rows.values(), collection, asked)
    if not found and skipped and not share:  # other parts may have found something
        raise AdganError(skipped[0].reason)
    done = [found[entry.name] for entry in own if entry.name in found]
    return [*done, *(Segmented(row.name, 0, reason=row.reason) for row in skipped)]


def _check(asked: Asked, written: bool, part: Part | None, overwrite: bool, series: bool) -> None:
    """Refuse what makes no sense before anything is read."""
    if asked.threshold is not None and not 0 < asked.threshold < 1:
        raise AdganError(f"threshold must lie between 0 and 1, not {asked.threshold:g}")
    if asked.overlay and not asked.pictures:
        raise AdganError("overlays are pictures of the images: ask for them, or for no pictures")
    if not written and (asked.files or part or series):
        raise AdganError(
            "probability, overlay, table, rois, series and parts are files: give an output folder"
        )
    if asked.table:
        check_format(asked.table_format)
    if part and overwrite:
        raise AdganError("overwriting would undo what other parts do: remove the folder first")


@contextmanager
def _workers(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """Give a cluster where one is asked for."""
    if not (workers or scheduler):
        yield None
        return
    try:
        from adgan.batch.cluster import cluster
    except ImportError as error:
        raise AdganError(
            f"workers need dask.distributed ({error}): pip install 'adgan[dask]'"
        ) from error
    with cluster(workers, scheduler) as client:
        yield client


def _worked(
    job: "_Job",
    collection: Collection,
    entries: Sequence[Entry],
    manifest: Manifest | None,
    progress: Callable[[float, str], None] | None,
    client: Any,
) -> Iterator[tuple[Row, Segmented | None]]:
    """Do all images here; on a cluster an image a task, and each large one a block a task."""

    def read(entry: Entry) -> Image | Windowed:
        return collection.open(entry) if entry.large else collection.read(entry)

    if client is None:
        yield from work_through(read, entries, job.do, manifest, progress)
        return
    from adgan.batch.cluster import spread, spread_blocks

    every, before = sum(entry.size for entry in entries), 0

    def shown(share: float, name: str) -> None:
        if progress:
            progress((before + share * size) / every, name)

    small = [entry for entry in entries if not entry.large]
    size = sum(entry.size for entry in small)
    yield from spread(client, job.run, small, manifest, shown)
    for entry in entries:
        if entry.large:
            before, size = before + size, entry.size
            here = replace(job, each=spread_blocks(client, entry))
            yield from work_through(read, [entry], here.do, manifest, shown)


def _usable(
    collection: Collection, model: Model | BuiltIn, asked: Asked, strict: bool
) -> Collection:
    """Return the images that memory has room for, one at least of which can be read.

    Those that state no voxel size have that of training, and large ones are marked.
    """
    known, entries, beyond = model.recipe.data.spacing, [], []
    for entry in collection.entries:
        entry = replace(entry, spacing=entry.spacing or known)
        try:
            entry = replace(entry, large=is_large(model, entry, asked))
            if not entry.large and len(entry.shape) == model.recipe.data.rank:
                check_room(model.recipe, entry, asked.held + entry.dtype.itemsize)
        except AdganError as error:
            beyond.append(Skipped(entry.path, entry.name, str(error)))
        entries.append(entry)
    usable = Collection(entries, collection.skipped, collection.notes).without(beyond)
    return usable.require(strict).proven(every=strict).require(strict)


def _fingerprint(model: Model | BuiltIn) -> str:
    return model.fingerprint() if isinstance(model, BuiltIn) else fingerprint(model)


def _some(collection: Collection) -> list[Image]:
    """Return a few images, spread over all."""
    rank = len(collection.entries[0].shape)
    places = np.linspace(0, len(collection) - 1, SOME[rank])
    return collection.read_some(np.unique(places.round().astype(int)).tolist())[0]


def _marked(model: BuiltIn, entries: Sequence[Entry], asked: Asked) -> list[Entry]:
    """Mark more images as large, now that the usual size is known that each is brought to."""
    return [replace(e, large=e.large or is_large(model, e, asked)) for e in entries]


def _handlings(model: Model, collection: Collection) -> dict[str, Handling]:
    """Find out what is to be done to each image, by name; of images that cannot be read, nothing.

    All images are looked at, whatever part of them is done here or was done before, so that each
    is handled alike in all parts.
    """

    def pixels(number: int) -> np.ndarray:
        entry = collection.entries[number]
        try:
            return collection.look(entry).pixels
        except AdganError:
            return np.zeros((BLANK,) * len(entry.shape), np.uint8)

    looked = Lazy(len(collection), pixels)
    handlings, _ = build_handlings(model.recipe, looked, model.usual_radius)
    return {e.name: h for e, h in zip(collection.entries, handlings, strict=True)}


def _describe(
    model: Model | BuiltIn,
    asked: Asked,
    stated: Collection,
    collection: Collection,
    missing: Sequence[Entry],
    handlings: dict[str, Handling],
) -> list[str]:
    """Say what is done to images that are missing, and the time and memory to expect."""
    if not missing:
        return []
    recipe = model.recipe
    names = [entry.name for entry in stated.entries]
    spacings = [entry.spacing for entry in stated.entries]
    lines = describe_spacing(names, spacings, recipe.data.spacing)
    lines += describe(list(handlings.values()))
    chosen = sorted({0, len(missing) // 2, len(missing) - 1})
    probes, _ = collection.read_some(collection.entries.index(missing[i]) for i in chosen)
    lines += describe_kinds(probes)
    if isinstance(model, BuiltIn):
        lines.insert(0, "the built-in model segments these images: no training on them")
        if probes:
            pixels = sum(math.prod(entry.shape) for entry in missing)
            block = min(LARGE * BYTES, available() / 2) if any(e.large for e in missing) else 0.0
            lines.append(str(model.plan(probes, pixels, block)))
        return lines
    lines += describe_thin(recipe, missing)
    if probes:
        plan = plan_segmenting(
            model,
            missing,
            probes,
            asked.threshold,
            asked.symmetries,
            asked.confidence,
            asked.held,
        )
        lines.append(str(plan))
    return lines


def _segmented(row: Row, path: Path) -> Segmented:
    """Return the result that a row of the manifest tells of."""
    expected = row.details.get("confidence")
    return Segmented(row.name, row.details["nuclei"], None, path, None, expected, row.reason)


def _held(row: Row, labels: np.ndarray, sure: Confidence | None) -> Segmented:
    """Return a result of which nothing was written."""
    expected = sure.image if sure else None
    return Segmented(row.name, row.details["nuclei"], labels, None, sure, expected, row.reason)


def _row(entry: Entry, count: int, blank: bool, handling: Handling, sure: Confidence | None) -> Row:
    """Return the row of the manifest that tells of an image."""
    state: State = "empty" if blank else "done"
    details: dict[str, Any] = {"nuclei": count, "shape": entry.shape}
    if handling != Handling():
        details |= {"factor": handling.factor, "inverted": handling.inverted}
    if sure:
        details |= confidence_of(sure)
    reason = "all pixels have one value" if blank else ""
    return Row(entry.name, str(entry.path), state, entry.stamp, reason, details)


@dataclass(frozen=True)
class _Job:
    """What is done to each image."""

    model: Model | BuiltIn
    asked: Asked
    handlings: dict[str, Handling]
    folder: Path | None
    device: Device = "auto"
    each: Each = map

    def run(self, entry: Entry) -> tuple[Row, Segmented | None]:
        """Read an image and do the same on a worker of a cluster, on the device that it has."""
        few_kernels()
        chosen = choose_device(self.device)
        if isinstance(self.model, BuiltIn):
            job = replace(self, model=replace(self.model, device=chosen))
        else:
            job = self
            self.model.generator.to(chosen)
        try:
            image = Collection([entry]).read(entry)
        except AdganError as error:
            return Row.of_skipped(Skipped(entry.path, entry.name, str(error))), None
        return job.do(entry, image, lambda _: None)

    def do(
        self, entry: Entry, image: Image | Windowed, shown: Callable[[float], None]
    ) -> tuple[Row, Segmented]:
        """Label the nuclei of an image, and write what was asked for."""
        handling = self.handlings.get(entry.name, Handling())
        if not isinstance(image, Image):
            return self.do_large(entry, image, handling, shown)
        with kept(image.pixels.size):
            found = self.label(image, handling, shown)
        count = int(found.labels.max())
        if image.outside is not None:  # which may have taken whole nuclei
            count = int(np.count_nonzero(np.unique(found.labels)))
        row = _row(entry, count, image.blank, handling, found.confidence)
        if self.folder is None:
            return row, _held(row, found.labels, found.confidence)
        place = self.asked.place(self.folder, entry)
        write_extras(self.folder, image, found, self.asked)
        write_map(place, found.labels, image.spacing)
        return row, _segmented(row, place)

    def do_large(
        self, entry: Entry, source: Windowed, handling: Handling, shown: Callable[[float], None]
    ) -> tuple[Row, Segmented]:
        """Do the same to an image of which only windows are read and written."""
        made, blank = segment_large(
            self.model, entry, source, handling, self.asked, self.folder, shown, self.each
        )
        assert made.found, "it was filled"
        sure = confidence_in(made.found) if self.asked.confidence else None
        row = _row(entry, made.found.count, blank, handling, sure)
        if self.folder is None:
            return row, _held(row, np.asarray(made.labels), sure)
        return row, _segmented(row, self.asked.place(self.folder, entry))

    def label(
        self, image: Image, handling: Handling, shown: Callable[[float], None]
    ) -> Segmentation:
        """Label the nuclei of an image; where it is blank or does not reach, there are none."""
        asked = self.asked
        if image.blank:
            labels = np.zeros(image.shape, np.uint32)
            return Segmentation(labels, labels.astype(np.float32) if asked.probability else None)
        if isinstance(self.model, BuiltIn):
            return self._kept(self.model.segment(image.pixels, asked, image.spacing), image)
        found = segment_image(
            self.model,
            image.pixels,
            asked.threshold,
            asked.symmetries,
            asked.confidence,
            handling,
            image.spacing,
            probability=asked.probability,
            watch=shown,
        )
        return self._kept(found, image)

    def _kept(self, found: Segmentation, image: Image) -> Segmentation:
        """Leave out what lies where the image does not reach, or nuclei that the frame cuts."""
        if image.outside is not None:
            found.labels[image.outside] = 0
        return without_border(found) if self.asked.exclude_border else found


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
        ours = replace(model, recipe=recipe)
        sight = sight_of_run(ours, pixels, spacing, threshold, symmetries, confidence, probability)
        tiles = plan_blocks(recipe, pixels.shape, spacing)
        drawn = np.zeros(pixels.shape, np.float32) if probability else None
        if recipe.task == "semantic":
            return Segmentation(segment_mask(sight, tiles, drawn, watch), drawn)
        labels = np.zeros(pixels.shape, np.uint32)
        parts = segment_blocks(sight, tiles, labels, drawn, watch=watch)
        return Segmentation(labels, drawn, confidence_in(parts) if confidence else None)
    segmenter = Segmenter(recipe, model.generator, threshold, symmetries)
    image = segmenter.prepare(pixels, spacing)
    soft = segmenter.predict(image.seen)
    labels = segmenter.decode(image, soft)
    elected, sure = None, None
    if recipe.umpire and recipe.task == "instance" and pixels.ndim == 2:
        device = next(model.generator.parameters()).device
        if model.student:
            model.student.module.to(device)
        elected = umpire(
            labels,
            pixels,
            2 * recipe.disc_radius,
            device,
            confidence,
            model.student,
            spacing or recipe.data.spacing,
        )
    if elected:
        labels = elected.labels
        if confidence:
            sure = Confidence(elected.f1, elected.sure, {}, elected.missed)
    elif confidence:
        sure = judge(segmenter, image, soft, look_again(segmenter, image), labels)
    drawn = np.clip(rescale(soft, pixels.shape), 0, 1) if probability else None
    return Segmentation(labels, drawn, sure)
