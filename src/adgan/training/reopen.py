"""A run that goes on: its settings, with the images and labels that it was started with."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.inputs import read_inputs
from adgan.io import Image, Sources
from adgan.recipe import Recipe, read_recipe
from adgan.runs import RECIPE, STATE, WEIGHTS
from adgan.runs.record import describe, hashes, read_run
from adgan.runs.weights import check_shapes
from adgan.training.tutoring import Labels, match_labels


def reopen(
    folder: Path, images: Sources, labels: Labels | None
) -> tuple[Recipe, list[Image], dict[str, np.ndarray]]:
    """Return the settings of a run, its images in the order of the start, and its labels.

    Parameters
    ----------
    folder
        The run.
    images, labels
        As they are given now.

    Raises
    ------
    AdganError
        If the run is damaged, or was started with other images or labels.
    """
    about = read_run(folder)
    if about["steps"] and not (folder / STATE).exists():
        raise AdganError(f"{folder} cannot go on without its {STATE}: restore it, or train anew")
    recipe = read_recipe(folder / RECIPE)
    if (folder / WEIGHTS).exists():
        check_shapes(folder / WEIGHTS, recipe)
    loaded, lost = read_inputs(images, recipe, without=about["left_out"])
    known = [i["sha256"] for i in about["inputs"]]
    given = [i.sha256 for i in describe(loaded)]
    for image, hashed in zip(loaded, given, strict=True):
        if hashed not in known:
            raise AdganError(
                f"{image.path} is not among the images that {folder} was started with: "
                "give the same images, or start a new run"
            )
    if len(given) != len(known) or set(given) != set(known):
        more = f" ({', '.join(lost)} cannot be used any more)" if lost else ""
        raise AdganError(
            f"{folder} was started with {len(known)} images and {len(given)} are given{more}: "
            "give the same images, or start a new run"
        )
    # Batches draw images by number: the order is that of the start.
    order = [loaded[given.index(hashed)] for hashed in known]
    spacings = [i["spacing"] and tuple(i["spacing"]) for i in about["inputs"]]
    loaded = [replace(i, spacing=s) for i, s in zip(order, spacings, strict=True)]
    truth = match_labels(labels, loaded) if labels is not None else {}
    if hashes(truth) != (about["student"] or {"labels": {}})["labels"]:
        raise AdganError(
            f"{folder} was started with other labels: give the same with "
            "`labels=FOLDER`, or start a new run"
        )
    return recipe, loaded, truth
