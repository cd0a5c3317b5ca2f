"""A run folder: weights in safetensors, everything else in JSON and CSV. No code is loaded.

``recipe.json``, ``run.json`` (versions, inputs, length, verdict), ``weights.safetensors`` (the
generator that was chosen), ``student.safetensors`` (the built-in network fine-tuned on the
images, if it was), ``state.safetensors`` (what resuming needs), ``curve.csv`` (losses),
``checks.csv`` (scores without labels), ``panels/``; while training, and where asked for
afterwards, the weights of every check in ``checks/``.
"""

import csv
import hashlib
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from adgan.build import build_generator, translator_of
from adgan.builtin.network import Network
from adgan.errors import AdganError
from adgan.io import Image, atomic, write_json
from adgan.methods.adgan import Generator
from adgan.methods.planes import PlaneGenerator
from adgan.recipe import Recipe, faults_of, read_recipe
from adgan.runfile import checked
from adgan.settings import read_json
from adgan.student.store import load_student
from adgan.weights import check_numbers, check_shapes

FORMAT = 1
COUNTED = ("step", "try")
"""Columns of whole numbers."""
RECIPE, RUN, WEIGHTS, STUDENT, STATE, CURVE, CHECKS, PANELS, KEPT = (
    "recipe.json",
    "run.json",
    "weights.safetensors",
    "student.safetensors",
    "state.safetensors",
    "curve.csv",
    "checks.csv",
    "panels",
    "checks",
)


@dataclass(frozen=True)
class Model:
    """A trained generator with the recipe that made it, ready for :func:`adgan.segment`.

    ``usual_radius`` is what the median semi-major axis of its training images seemed to be, in
    pixels of the input, nan if they did not tell. ``student`` is the built-in network as it was
    fine-tuned on these images, if it was.
    """

    generator: Generator | PlaneGenerator
    recipe: Recipe
    usual_radius: float = math.nan
    student: Network | None = None


@dataclass(frozen=True)
class Input:
    """One training image as the run remembers it."""

    name: str
    shape: tuple[int, ...]
    spacing: tuple[float, ...] | None
    sha256: str


def describe(images: Sequence[Image]) -> list[Input]:
    """Return name, shape, spacing and hash of the pixels of each image."""
    return [
        Input(
            image.name,
            image.pixels.shape,
            image.spacing,
            hashlib.sha256(image.pixels.tobytes()).hexdigest(),
        )
        for image in images
    ]


def hashes(labels: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Return the hash of each label map, by name of its image."""
    return {
        name: hashlib.sha256(np.ascontiguousarray(one, np.uint32).tobytes()).hexdigest()
        for name, one in labels.items()
    }


def write_start(
    folder: Path,
    recipe: Recipe,
    inputs: Sequence[Input],
    labels: Mapping[str, str] | None = None,
    left_out: Sequence[str] = (),
) -> None:
    """Write what is known before the first step.

    Parameters
    ----------
    folder
        Of the run.
    recipe, inputs
        Its settings and images.
    labels
        The hashes of the label maps that were given.
    left_out
        Names of images that are not trained on, now or when the run goes on.

    Raises
    ------
    AdganError
        If the folder cannot be written.
    """
    write_recipe(folder, recipe)
    run = {
        "format": FORMAT,
        "versions": {name: version(name) for name in ("adgan", "torch", "numpy")}
        | {"python": platform.python_version()},
        "seed": recipe.seed,
        "inputs": [asdict(i) for i in inputs],
        "left_out": list(left_out),
        "student": {"steps": 0, "seconds": 0.0, "labels": dict(labels)} if labels else None,
    }
    write_json(folder / RUN, run)


def write_recipe(folder: Path, recipe: Recipe) -> None:
    """Write the settings of a run."""
    with atomic(folder / RECIPE) as path:
        path.write_text(recipe.to_json(), encoding="utf-8")


def read_run(folder: Path) -> dict[str, Any]:
    """Read ``run.json`` of a run folder.

    Raises
    ------
    AdganError
        If the folder is no run, the file is damaged, or another version wrote it.
    """
    path = folder / RUN
    if not path.is_file():
        raise AdganError(f"{folder} is not a run folder: it holds no {RUN}")
    try:
        run = read_json(path)
    except AdganError as error:
        raise AdganError(f"{path} is damaged ({error}): train again, or restore it") from error
    written = run.get("format", FORMAT)
    if written != FORMAT:
        raise AdganError(
            f"{folder} was written in run format {written!r:.20}, this version reads {FORMAT}: "
            "use the version of adgan that made it, or train again"
        )
    try:
        return checked(run)
    except ValidationError as error:
        raise AdganError(
            f"{path} is damaged ({faults_of(error)}): train again, or restore it"
        ) from error


def save_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Write named tensors, whole or not at all."""
    held = {name: t.detach().contiguous().cpu() for name, t in tensors.items()}
    with atomic(path) as temporary:
        try:
            save_file(held, temporary)
        except SafetensorError as error:
            raise OSError(str(error)) from error  # a full disk, or no right to write
        # safetensors writes files that only their owner can read; follow the folder's habit.
        temporary.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read named tensors.

    Raises
    ------
    AdganError
        If the file is missing or damaged.
    """
    if not path.is_file():
        raise AdganError(f"{path} is missing: the run is incomplete, train again or restore it")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise AdganError(f"{path} is damaged ({error}): train again or restore it") from error


def load_weights(path: Path, recipe: Recipe) -> dict[str, Tensor]:
    """Read the weights of a recipe's generator.

    Raises
    ------
    AdganError
        If the file is missing or damaged, does not fit, or its numbers are no weights.
    """
    if path.is_file():
        check_shapes(path, recipe)
    weights = load_tensors(path)
    check_numbers(path, weights)
    return weights


def write_rows(table: Path, rows: Sequence[dict[str, float]]) -> None:
    """Write a table of numbers as CSV; nothing when it has no rows."""
    if not rows:
        return
    # Rows of an earlier version may have other columns than those of this one.
    columns = dict.fromkeys(name for row in rows for name in row)
    with atomic(table) as path, open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path, needed: Sequence[str] = ("step",)) -> list[dict[str, float]]:
    """Read a table that :func:`write_rows` wrote; empty when there is none yet.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that it must have.

    Raises
    ------
    AdganError
        If the file is damaged.
    """
    if not path.is_file():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            heads = reader.fieldnames or needed  # while the file is open: they are read when asked
            rows = [{k: _number(k, v) for k, v in row.items()} for row in reader]
    except (OSError, ValueError, TypeError, OverflowError, csv.Error) as error:
        raise AdganError(f"{path} is damaged: remove it, or train again") from error
    if missing := set(needed).difference(heads):
        raise AdganError(
            f"{path} is damaged (it has no column {min(missing)}): remove it, or train again"
        )
    return rows


def _number(name: str, cell: str) -> float:
    """Return a cell's number, NaN where it is empty; what is counted is whole."""
    return int(float(cell)) if name in COUNTED else float("nan" if cell == "" else cell)


def load(run: str | os.PathLike[str]) -> Model:
    """Load a trained model.

    Parameters
    ----------
    run
        A run folder.

    Returns
    -------
    Model

    Raises
    ------
    AdganError
        If the folder is no run, of another version, or a file is missing or damaged.
    """
    folder = Path(run)
    if not folder.is_dir():
        raise AdganError(f"run folder {folder} does not exist: train it with `adgan train`")
    about = read_run(folder)
    recipe, path = read_recipe(folder / RECIPE), folder / WEIGHTS
    if not path.exists() and not about["steps"]:
        raise AdganError(
            f"{folder} was stopped before its first weights were saved: "
            f"go on with `adgan train IMAGES --resume {folder}`"
        )
    weights = load_weights(path, recipe)
    generator = build_generator(recipe)
    assign(generator, weights, path)
    usual = about["usual_radius"] or math.nan
    student = None
    if (folder / STUDENT).exists():
        student = load_student(folder / STUDENT, recipe.data.rank)
    return Model(translator_of(recipe, generator).eval(), recipe, usual, student)


def fingerprint(model: Model) -> str:
    """Return a hash of all that decides what a model draws: weights, settings, usual radius."""
    digest = hashlib.sha256(f"{model.recipe.to_json()} {model.usual_radius}".encode())
    modules = [model.generator, *([model.student.module] if model.student else [])]
    for module in modules:
        for name, tensor in sorted(module.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


def assign(module: torch.nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Fill a network's parameters from a file's tensors.

    Raises
    ------
    AdganError
        If names or shapes do not fit the recipe beside the file.
    """
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise AdganError(
            f"{path} does not fit the {RECIPE} beside it: restore the pair, or train again"
        ) from error
