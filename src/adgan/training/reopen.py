"""Resume a run: its log, and the images and labels with which it was started."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import Image, Sources
from adgan.runs import STATE, WEIGHTS
from adgan.runs.log import Past, read_log, rewind
from adgan.runs.record import describe, hashes, read_run
from adgan.runs.weights import check_shapes
from adgan.survey.inputs import read_inputs
from adgan.training.trainer import Trainer
from adgan.training.tutoring import Labels, match_labels


def reopen(
    folder: Path, images: Sources, labels: Labels | None
) -> tuple[Past, list[Image], dict[str, np.ndarray]]:
    """Return the past of a run up to its saved state, its images in their first order, its labels.

    Parameters
    ----------
    folder
        Folder of the run.
    images, labels
        The images and labels given now.

    Raises
    ------
    AdganError
        If the run is damaged, or was started with other images or labels.
    """
    read_run(folder)
    past, step = read_log(folder), Trainer.saved_step(folder)
    about, recipe = past.about, past.recipe
    if past.saved and not (folder / STATE).exists():
        raise AdganError(
            f"{folder} cannot be resumed without its {STATE}: restore the file, or start a new run"
        )
    if (folder / WEIGHTS).exists():
        check_shapes(folder / WEIGHTS, recipe)
    loaded, lost = read_inputs(images, recipe, without=about["left_out"])
    known = [i["sha256"] for i in about["inputs"]]
    given = [i["sha256"] for i in describe(loaded)]
    for image, hashed in zip(loaded, given, strict=True):
        if hashed not in known:
            raise AdganError(
                f"{image.path} is not among the images with which {folder} was started: "
                "give the same images, or start a new run"
            )
    if len(given) != len(known) or set(given) != set(known):
        more = f" ({', '.join(lost)} can no longer be used)" if lost else ""
        raise AdganError(
            f"{folder} was started with {len(known)} images, but {len(given)} are given{more}: "
            "give the same images, or start a new run"
        )
    # Batches draw images by number, so that the order must be the original one.
    order = [loaded[given.index(hashed)] for hashed in known]
    spacings = [i["spacing"] and tuple(i["spacing"]) for i in about["inputs"]]
    loaded = [replace(i, spacing=s) for i, s in zip(order, spacings, strict=True)]
    truth = match_labels(labels, loaded) if labels is not None else {}
    if hashes(truth) != (about["student"] or {"labels": {}})["labels"]:
        raise AdganError(
            f"{folder} was started with other labels: give the same ones with `labels=FOLDER`, "
            "or start a new run"
        )
    return rewind(folder, step), loaded, truth
