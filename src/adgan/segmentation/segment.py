"""`adgan.segment`: images in, label maps and files out."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from adgan.batch.manifest import Part, Row
from adgan.errors import AdganError
from adgan.io import AS_STORED, ReadOptions, Sources, check_names
from adgan.runs.checkpoint import Model, load
from adgan.segmentation.folder import begin_results
from adgan.segmentation.images import describe, usable
from adgan.segmentation.job import Job
from adgan.segmentation.models import SegmentationModel
from adgan.segmentation.options import AS_USUAL, SegmentOptions
from adgan.segmentation.result import Segmented
from adgan.segmentation.series import find_series
from adgan.segmentation.spread import cluster_of, work_on
from adgan.segmentation.trained import Trained
from adgan.segmentation.untrained import BuiltIn, built_in
from adgan.survey.inputs import open_inputs
from adgan.system.claims import claims
from adgan.system.device import Device, choose_device


@claims()
def segment(
    model: Model | SegmentationModel | str | os.PathLike[str] | None,
    images: Sources,
    output: str | os.PathLike[str] | None = None,
    *,
    options: SegmentOptions = AS_USUAL,
    read: ReadOptions = AS_STORED,
    part: str | None = None,
    workers: int | str | None = None,
    device: Device = "auto",
    strict: bool = False,
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
        model, which needs no training, as :func:`adgan.built_in` returns it.
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    output
        Output folder. It gets one label TIFF per image, with the name, the size and the sub-folder
        of the image, and ``manifest.jsonl``, which lists the result of each image. Without an
        output folder the label maps are returned.
    options
        What is computed and written for each image (default: label maps alone).
    read
        How images are read (default: as in training, or as the files say). Volumes without a
        pixel size are assumed to have that of the training volumes.
    part
        ``I/N`` segments only the I-th of N parts of the images, for jobs that share the work.
    workers
        Number of processes, of one thread each, that share the work on this machine, or address of
        a Dask scheduler whose workers share it (``adgan[dask]``). They must see images and output
        under the same paths as this process; the model is sent to them.
    device
        Device to compute on; ``auto`` uses the fastest available.
    strict
        Read all images before segmenting the first one, and raise an error if any cannot be
        used.
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
    share = Part.read(part) if part else None
    options.check(output is not None)
    _check(output is not None, share, overwrite)
    chosen, named = _model_of(model)
    read = replace(read, frames=read.frames or options.series)
    stated = open_inputs(images, chosen.recipe, read, chosen.any_ndim)
    check_names(stated.entries)
    collection = usable(stated, chosen, options, strict)
    tracks = find_series(collection) if options.series else []
    settings = {**_settings_of(read), **options.settings}
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
    with cluster_of(workers) if missing else nullcontext() as client:
        for row, result in work_on(job, collection, missing, results.manifest, progress, client):
            results.add(row, result)
    results.close()
    if not share:  # a part does not have all frames
        results.write_series(tracks)
    results.write_page(collection)
    if not results.found and results.skipped and not share:  # other parts may have results
        raise AdganError(results.skipped[0].reason)
    return results.listed()


def _check(written: bool, part: Part | None, overwrite: bool) -> None:
    """Refuse contradictory arguments before any file is read."""
    if part and not written:
        raise AdganError("a part needs an output folder: name one")
    if part and overwrite:
        raise AdganError(
            "overwriting would delete the results of other parts: remove the folder first"
        )


def _model_of(
    named: Model | SegmentationModel | str | os.PathLike[str] | None,
) -> tuple[SegmentationModel, str]:
    """Return a model, and its name for messages.

    Parameters
    ----------
    named
        A model, a run folder, or None for the built-in model.

    Raises
    ------
    AdganError
        If the run cannot be read.
    """
    if named is None or isinstance(named, BuiltIn):
        return named or built_in(), "the built-in model"
    name = "a model in memory"
    if isinstance(named, (str, os.PathLike)):
        name, named = str(named), load(named)
    return Trained(named) if isinstance(named, Model) else named, name


def _settings_of(read: ReadOptions) -> dict[str, Any]:
    """Return how images are read, apart from which files are images, by name."""
    names = ("spacing", "channel", "frames", "axes", "scene", *["stack"] * read.stack)
    return {name: getattr(read, name) for name in names}
