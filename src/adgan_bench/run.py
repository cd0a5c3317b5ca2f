"""Run the missing results of a benchmark: sets by systems by seeds, one JSON line per result."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io import Image, write_gray, write_labels
from adgan.metrics.evaluate import evaluate
from adgan.models.translator import Translator
from adgan.recipe.recipe import Recipe
from adgan.survey.fit import fit_recipe
from adgan.survey.inputs import settle, survey_inputs
from adgan.system.claims import claims
from adgan.system.device import Device
from adgan_bench.data import DataSet, Labelled, median_diameter
from adgan_bench.names import pick
from adgan_bench.pairs import draw_pair
from adgan_bench.results import MASK_DICE, Record, Results, circumstances, scores_of
from adgan_bench.system import System, Task
from adgan_bench.systems import METHODS
from adgan_bench.variants import base_of, vary

EXAMPLE_COUNT = 3
"""Number of images of a set that are saved for pictures."""

Watch = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Plan:
    """The systems, seeds and budget of a benchmark.

    Parameters
    ----------
    methods
        Names in :data:`adgan_bench.systems.METHODS`, or variants of them.
    seeds
        Number of seeds, from 0.
    length
        Length of a training, ``{"minutes": 5}`` or ``{"steps": 500}``.
    device
        Device to compute on.
    command
        The command line, for the record.
    """

    methods: Sequence[str]
    seeds: int
    length: dict[str, Any]
    device: Device = "auto"
    command: Sequence[str] = ()


@claims()
def run_benchmark(
    plan: Plan, sets: Sequence[DataSet], folder: Path, watch: Watch | None = None
) -> None:
    """Run what the folder does not hold yet, seed by seed, so that all systems have results early.

    Parameters
    ----------
    plan
        Systems, seeds and budget.
    sets
        Sets from :func:`adgan_bench.data.read_data`.
    folder
        Folder of results.
    watch
        Called with the number of a run, the number of runs, and a message, before and after each
        run; with number 0 if there are results already, or damaged ones.

    Raises
    ------
    AdganError
        If a method is not known, a setting of a variant is wrong, or the folder holds other files.
    """
    pick([base_of(name) for name in plan.methods], METHODS, "method")
    recipes = {which.name: recipe_of(which, plan.length) for which in sets}
    for name in plan.methods:
        for recipe in recipes.values():
            vary(recipe, name)
    results = Results(folder)
    results.claim()
    note = (lambda line: watch(0, 0, line)) if watch else None
    done = [record["key"] for record in results.read(note) if "scores" in record]
    jobs = [
        (which, name, seed)
        for seed in range(plan.seeds)
        for which in sets
        for name in dict.fromkeys(plan.methods)
        if which.ndim in METHODS[base_of(name)].ndims
        # A system that is not trained here needs no second seed.
        if seed == 0 or METHODS[base_of(name)].kind not in ("plain", "pretrained")
    ]
    left = [job for job in jobs if key_of(job[1], job[0], job[2], plan) not in done]
    if watch and len(left) < len(jobs):
        watch(0, len(left), f"{len(jobs) - len(left)} of {len(jobs)} results exist already")
    for number, (which, name, seed) in enumerate(left, start=1):
        recipe = recipes[which.name].model_copy(update={"seed": seed})
        key = key_of(name, which, seed, plan)
        title = f"{which.name} {name} seed {seed}"
        if watch:
            watch(number, len(left), f"{title} ...")
        _keep_examples(results, which)
        record = _run(METHODS[base_of(name)], vary(recipe, name), which, results, key, plan.device)
        results.add(record | circumstances(plan.command))
        if watch:
            watch(number, len(left), f"{title}: {summary(record)}")


def recipe_of(which: DataSet, length: dict[str, Any]) -> Recipe:
    """Return the recipe of a set: sizes that the data file does not state are estimated."""
    spacing = which.spacing if which.ndim == 3 else None
    own = {
        # All systems get the same scenes, which are not refined during the training.
        "scene": which.scene() | {"refine": False},
        "schedule": length,
        # Images are not adapted, as rivals would not get that.
        "data": {"adapt": False, "ndim": which.ndim, "spacing": spacing},
    }
    recipe = fit_recipe(which.images, own, source=which.name)
    images = [Image(Path(which.name), p, which.spacing, which.name) for p in which.images]
    return settle(recipe, images, survey_inputs(images)) if which.ndim == 3 else recipe


def key_of(name: str, which: DataSet, seed: int, plan: Plan) -> Record:
    """Return the key that identifies a result."""
    return {
        "method": name,
        "set": which.name,
        "seed": seed,
        "split": which.settings.split,
        **plan.length,
        "device": plan.device,
    }


def summary(record: Record) -> str:
    """Return a short text about a result."""
    if "missing" in record:
        return str(record["missing"])
    mean = record["scores"]["mean"]
    shown = {"DICE": "dice", "F1": "f1", "SEG": "seg"}
    return ", ".join(f"{word} {mean[name] or 0:.3f}" for word, name in shown.items())


def _run(
    system: System, recipe: Recipe, which: DataSet, results: Results, key: Record, device: Device
) -> Record:
    about = {"key": key, "title": system.title, "kind": system.kind, "ours": system.reimplemented}
    if note := system.missing():
        return about | {"missing": f"not installed: {note}"}
    if system.kind == "supervised" and not which.seen:
        return about | {"missing": "no labels to learn from: set split above 0 in the data file"}
    truths = [image.truth for image in (*which.seen, *which.held)]
    task = Task(
        recipe, which.images, which.seen if system.kind == "supervised" else [],
        which.settings.ignore_border, median_diameter(truths), device,
        results.place(key, "runs"),
    )  # fmt: skip
    started = time.monotonic()
    try:
        fitted = system.fit(task)
        trained = time.monotonic()
        found = fitted.segment([image.pixels for image in which.held])
    except AdganError as error:
        return about | {"missing": f"failed: {error}"}
    ended = time.monotonic()
    if fitted.translator and key["seed"] == 0:
        _keep_pair(results.place(key, "synthetic"), fitted.translator, recipe)
    _keep_labels(results.place(key, "labels"), which.held, found)
    held = [image.truth for image in which.held]
    scored = evaluate(found, held, ignore_border=which.settings.ignore_border)
    scores = scores_of(scored)
    if fitted.mask:
        masks = [fitted.mask(image.pixels).astype(np.uint8) for image in which.held]
        alone = evaluate(masks, held, ignore_border=which.settings.ignore_border)
        for over, table in (("mean", alone.mean), ("pooled", alone.pooled)):
            scores[over][MASK_DICE] = round(table["dice"], 5)
    return about | {
        "scores": scores,
        "seconds": round(trained - started, 1),
        "segment_seconds": round(ended - trained, 1),
        "images": len(found),
        "notes": fitted.notes,
        "recipe": recipe.model_dump(mode="json"),
    }


def _keep_labels(folder: Path, images: Sequence[Labelled], found: Sequence[np.ndarray]) -> None:
    """Save the first label maps, for pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for image, labels in list(zip(images, found, strict=True))[:EXAMPLE_COUNT]:
        write_labels(folder / f"{image.name}.tif", labels.astype(np.uint32))


def _keep_pair(folder: Path, method: Translator, recipe: Recipe) -> None:
    """Save an image that a method makes from a simulated scene, and the labels of the scene."""
    folder.mkdir(parents=True, exist_ok=True)
    image, labels = draw_pair(method, recipe, 0)
    write_gray(folder / "image.tif", image)
    write_labels(folder / "labels.tif", labels)


def _keep_examples(results: Results, which: DataSet) -> None:
    """Save the first scored images and their labels, unless they exist."""
    for image in which.held[:EXAMPLE_COUNT]:
        for part, write, array in (
            ("images", write_gray, image.pixels),
            ("truth", write_labels, image.truth),
        ):
            path = results.of_set(which.name, part) / f"{image.name}.tif"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, array)
