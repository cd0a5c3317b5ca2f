"""The record of a run: its settings, inputs and outcome."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from adgan.errors import AdganError
from adgan.io import Image, atomic, write_json
from adgan.recipe.recipe import Recipe, faults_of
from adgan.recipe.settings import read_json
from adgan.runs import RECIPE, RUN
from adgan.runs.entries import checked

FORMAT = 1


@dataclass(frozen=True)
class Input:
    """The record of one training image."""

    name: str
    shape: tuple[int, ...]
    spacing: tuple[float, ...] | None
    sha256: str


def describe(images: Sequence[Image]) -> list[Input]:
    """Return the name, shape, spacing and pixel hash of each image."""
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
    """Return the hash of each label map, by the name of its image."""
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
    """Write the record of a run before its first step.

    Parameters
    ----------
    folder
        Run folder.
    recipe, inputs
        Settings and images of the run.
    labels
        Hashes of the given label maps.
    left_out
        Names of images that are excluded from training, even after resuming.

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


def note_down(folder: Path, **entries: Any) -> None:
    """Replace entries of ``run.json``.

    Parameters
    ----------
    folder
        Run folder.
    **entries
        See :class:`adgan.runs.entries.RunFile`.
    """
    write_json(folder / RUN, read_run(folder) | entries)


def write_recipe(folder: Path, recipe: Recipe) -> None:
    """Write the settings of a run."""
    with atomic(folder / RECIPE) as path:
        path.write_text(recipe.to_json(), encoding="utf-8")


def read_run(folder: Path) -> dict[str, Any]:
    """Read ``run.json`` of a run folder.

    Raises
    ------
    AdganError
        If the folder is not a run, or the file is damaged or has another format version.
    """
    path = folder / RUN
    if not path.is_file():
        raise AdganError(f"{folder} is not a run folder: it contains no {RUN}")
    try:
        run = read_json(path)
    except AdganError as error:
        raise AdganError(f"{path} is damaged ({error}): train again, or restore it") from error
    written = run.get("format", FORMAT)
    if written != FORMAT:
        raise AdganError(
            f"{folder} has run format {written!r:.20}, but this version reads {FORMAT}: "
            "use the version of adgan that wrote it, or train again"
        )
    try:
        return checked(run)
    except ValidationError as error:
        raise AdganError(
            f"{path} is damaged ({faults_of(error)}): train again, or restore it"
        ) from error
