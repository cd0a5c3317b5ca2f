"""`adgan.segment`: images in, label maps and files out."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace

from adgan.batch.manifest import Part, Row
from adgan.builtin.engines import EngineName
from adgan.errors import AdganError
from adgan.io import ReadOptions, Scene, Sources, check_names
from adgan.measuring.tables import TableFormat, check_format
from adgan.runs.checkpoint import Model, load
from adgan.segmentation.folder import begin_results
from adgan.segmentation.images import describe, usable
from adgan.segmentation.job import Job
from adgan.segmentation.models import SegmentationModel
from adgan.segmentation.options import Options, Store
from adgan.segmentation.result import Segmented
from adgan.segmentation.series import find_series
from adgan.segmentation.spread import cluster_of, work_on
from adgan.segmentation.trained import Trained
from adgan.segmentation.untrained import BuiltIn, built_in
from adgan.survey.inputs import open_inputs
from adgan.system.claims import claims
from adgan.system.device import Device, Precision, choose_device


@claims()
def segment(
    model: Model | SegmentationModel | str | os.PathLike[str] | None,
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
    precision: Precision = "auto",
    overwrite: bool = False,
    progress: Callable[[float, str], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> list[Segmented]:
    """Segment the nuclei of images.

    Images are read one at a time. An image that cannot be used is skipped; a blank image gets an
    empty label map. A second call with the same output and settings completes what is missing.

    Parameters
    ----------
    model
        Trained model returned by :func:`adgan.train`, or its run folder. None uses the built-in
        model, which needs no training.
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    output
        Output folder. It gets one label TIFF per image, with the name, the size and the sub-folder
        of the image, and ``manifest.jsonl``, which lists the result of each image. Without an
        output folder the label maps are returned.
    threshold
        Foreground probability threshold; the default depends on the mask that the network draws,
        see :func:`adgan.models.decode.threshold_of`.
    probability
        Also write the foreground probability, ``probability/NAME.tif``, float32.
    overlay
        Also write the image with the outlines of its nuclei, ``overlay/NAME.png``.
    table
        Also write a table with one row per nucleus, ``tables/NAME.csv``.
    table_format
        ``csv``, ``parquet`` or ``anndata`` (``.h5ad``), see :mod:`adgan.measuring.tables`.
    rois
        Also write ImageJ's ``rois/NAME.zip`` and QuPath's ``rois/NAME.geojson``.
    symmetries
        Average the network's output over eight flips and quarter turns: slightly more
        robust, and eight times slower, or four times for the built-in model, which always uses two
        of them.
    confidence
        Also estimate how far each image and each nucleus can be trusted, see
        :mod:`adgan.quality.confidence`: columns of the table, ``confidence/NAME.tif`` (float32,
        each nucleus filled with its value) and ``confidence/report.html``. Takes about four times
        as long.
    exclude_border
        Leave nuclei that touch the border of the image out of label maps and tables; in volumes
        the first and the last slice are border, too.
    series
        Also write the label maps of each time series for trackers, ``series/NAME.tif`` and
        ``series/NAME_RES/mask000.tif``, see :mod:`adgan.segmentation.series`. The frames of a file,
        or the files of a folder, are a series.
    spacing
        Pixel size in micrometres, ``(Z) Y X``, instead of the one in the files. Volumes
        without one are assumed to have that of the training volumes.
    channel
        Nuclear channel, counted from 0; by default that of the training images.
    frames
        Read the frames of time series as separate images; always so if training did.
    axes
        Axis order of the files, such as ``TZCYX``, instead of the one in the files.
    scene
        Image to read from files that hold several, counted from 0, or ``"all"``.
    include, exclude
        Patterns that file names, or paths below the folder, must or must not match.
    store
        Format of the label maps: ``tiff``, ``zarr`` (``NAME.ome.zarr/labels/nuclei``, OME-Zarr
        0.5), or ``source`` (in the image's own OME-Zarr store).
    pictures
        Show crops of the images on report pages.
    part
        ``I/N`` segments only the I-th of N parts of the images, for jobs that share the work.
    workers
        Number of processes, of one thread each, that share the work on this machine
        (``adgan[dask]``).
    scheduler
        Address of a Dask scheduler whose workers share the work. They must see images and output
        under the same paths as this process; the model is sent to them.
    strict
        Read all images before segmenting the first one, and raise an error if any cannot be
        used.
    device
        Device to compute on; ``auto`` uses the fastest available.
    engine
        Engine that runs the built-in network: ``torch``, or on the CPU ``onnx`` or ``openvino``,
        which is faster there. Labels are the same up to rounding.
    precision
        Number format of the built-in network: ``float32``, ``bfloat16``, or ``auto``, which is
        bfloat16 on processors that multiply it (AMX, AVX-512 BF16), where it is two to three times
        as fast.
    overwrite
        Start over in a folder that already contains files.
    progress
        Called after each image, and after each block of a large one, with the fraction of all
        pixels that is done and the name of the image.
    note
        Called before the first image with each line of what will be done and what to expect.

    Returns
    -------
    list of Segmented
        In the order of the images; skipped ones at the end.

    Raises
    ------
    AdganError
        If the run cannot be read, no image can be used, the folder cannot be written or was
        started with another run or other settings.
    """
    options = Options(
        threshold, probability, overlay, table, rois, symmetries, confidence, store,
        table_format, exclude_border, pictures,
    )  # fmt: skip
    share = Part.read(part) if part else None
    _check(options, output is not None, share, overwrite, series)
    if workers and scheduler:
        raise AdganError("workers and a scheduler are both given: choose one")
    chosen, named = _model_of(model, engine, precision)
    read = ReadOptions(
        channel=channel, frames=frames or series, axes=axes, scene=scene, spacing=spacing,
        include=include, exclude=exclude,
    )  # fmt: skip
    stated = open_inputs(images, chosen.recipe, read, chosen.any_ndim)
    check_names(stated.entries)
    collection = usable(stated, chosen, options, strict)
    tracks = find_series(collection) if series else []
    settings = {
        "spacing": spacing, "channel": channel, "frames": frames or series, "axes": axes,
        "scene": scene, **asdict(options),
    }  # fmt: skip
    if output is not None:  # the hash of all weights takes time
        settings = {"model": chosen.fingerprint(), **settings}
    results = begin_results(collection, options, share, output, settings, named, overwrite)
    missing = results.missing()
    chosen = chosen.on(choose_device(device))
    if missing:
        chosen = chosen.used_to(collection)
        missing = [replace(e, large=e.large or chosen.is_large(e, options)) for e in missing]
    if note:
        told = describe(chosen, options, stated, collection, missing)
        for line in [*collection.notes, *results.done_before(missing), *told]:
            note(line)

    if share is None or share.number == 1:  # only the first part records unusable files
        results.skip(Row.of_skipped(one) for one in collection.skipped)
    job = Job(chosen, options, results.folder, device)
    with cluster_of(workers, scheduler) if missing else nullcontext() as client:
        for row, result in work_on(job, collection, missing, results.manifest, progress, client):
            results.add(row, result)
    results.close()
    if not share:  # a part does not have all frames
        results.write_series(tracks)
    results.write_page(collection)
    if not results.found and results.skipped and not share:  # other parts may have results
        raise AdganError(results.skipped[0].reason)
    return results.listed()


def _check(
    options: Options, written: bool, part: Part | None, overwrite: bool, series: bool
) -> None:
    """Refuse contradictory options before any file is read."""
    if options.threshold is not None and not 0 < options.threshold < 1:
        raise AdganError(f"threshold must be between 0 and 1, not {options.threshold:g}")
    if options.overlay and not options.pictures:
        raise AdganError(
            "overlays show the images, but pictures are turned off: leave out one of the two"
        )
    if not written and (options.files or part or series):
        raise AdganError(
            "probability, overlay, table, rois, series and part need an output folder: name one"
        )
    if options.table:
        check_format(options.table_format)
    if part and overwrite:
        raise AdganError(
            "overwriting would delete the results of other parts: remove the folder first"
        )


def _model_of(
    named: Model | SegmentationModel | str | os.PathLike[str] | None,
    engine: EngineName,
    precision: Precision,
) -> tuple[SegmentationModel, str]:
    """Return a model, and its name for messages.

    Parameters
    ----------
    named
        A model, a run folder, or None for the built-in model.
    engine
        Engine that runs the network of the built-in model.
    precision
        Number format of the built-in model.

    Raises
    ------
    AdganError
        If the run cannot be read, or if engine or precision is given for a run.
    """
    if named is None:
        named = built_in()
    if isinstance(named, BuiltIn):
        return replace(named, engine=engine, precision=precision), "the built-in model"
    name = "a model in memory"
    if isinstance(named, (str, os.PathLike)):
        name, named = str(named), load(named)
    if engine != "torch":
        raise AdganError(f"the engine {engine} runs only the built-in model: leave out {name}")
    if precision != "auto":
        raise AdganError(f"precision {precision} is only for the built-in model: leave out {name}")
    return Trained(named) if isinstance(named, Model) else named, name
