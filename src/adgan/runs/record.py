"""The record of a run: its settings, inputs and outcome.

The schema of ``run.json`` has limits because a run may come from an untrusted source.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field, ValidationError, field_validator

from adgan.errors import AdganError
from adgan.io import Image, atomic
from adgan.recipe.groups import Micrometres, SceneSettings, Settings
from adgan.recipe.recipe import Recipe, faults_of, with_present_names
from adgan.recipe.settings import read_json
from adgan.runs import RECIPE, RUN
from adgan.system.text import printable

FORMAT = 1
Words = Annotated[str, Field(max_length=2000), AfterValidator(printable)]
"""Text that may be printed; control characters are escaped."""
Count = Annotated[int, Field(ge=0, le=2**53)]
Length = Annotated[int, Field(ge=1, le=2**31)]
"""Length of an axis in pixels."""
Seconds = Annotated[float, Field(ge=0, le=1e12)]
Pixels = Annotated[float, Field(gt=0, le=1e6)]


class Entry(Settings):
    """Base of all entries; keeps fields added by later versions unchanged."""

    model_config = ConfigDict(extra="allow")


class InputEntry(Entry):
    """The record of one training image."""

    name: Words
    shape: tuple[Length, ...] = Field(min_length=2, max_length=3)
    spacing: tuple[Micrometres, ...] | None = Field(None, min_length=2, max_length=3)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class AgreementEntry(Entry):
    """How far the run agrees with the built-in model on some of its training images."""

    f1: Annotated[float, Field(ge=0, le=1)]
    size: Annotated[float, Field(gt=0, le=1e6)] | None


class VerdictEntry(Entry):
    """The verdict on the training: whether it may have failed."""

    healthy: bool
    reasons: list[Words] = Field(max_length=100)
    expected_f1: Annotated[float, Field(ge=0, le=1)] | None = None
    look_at: list[Words] = Field([], max_length=100)
    agreement: AgreementEntry | None = None


class RefinedEntry(Entry):
    """The step after which scenes were adapted to the masks, and their earlier sizes."""

    step: Count
    before: SceneSettings

    @field_validator("before", mode="before")
    @classmethod
    def _present(cls, scene: Any) -> Any:
        return with_present_names({"scene": scene})["scene"]


class StudentEntry(Entry):
    """Steps and seconds of the student's training, and the hashes of its label maps."""

    steps: Count
    seconds: Seconds
    labels: dict[Words, str] = Field({}, max_length=10**6)


class RunFile(Entry):
    """The whole file."""

    format: int
    versions: dict[Words, Words] = Field({}, max_length=100)
    seed: Count = 0
    inputs: list[InputEntry] = Field(max_length=10**6)
    left_out: list[Words] | None = Field(None, max_length=10**6)
    handling: list[Words] = Field([], max_length=10**6)
    usual_radius: Pixels | None = None
    steps: Count = 0
    seconds: Seconds = 0.0
    finished: bool = False
    verdict: VerdictEntry | None = None
    refined: RefinedEntry | None = None
    student: StudentEntry | None = None


def describe(images: Sequence[Image]) -> list[dict[str, Any]]:
    """Return the entry of each image in ``run.json``, see :class:`InputEntry`."""
    return [
        {
            "name": image.name,
            "shape": image.pixels.shape,
            "spacing": image.spacing,
            "sha256": hashlib.sha256(image.pixels.tobytes()).hexdigest(),
        }
        for image in images
    ]


def hashes(labels: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Return the hash of each label map, by the name of its image."""
    return {
        name: hashlib.sha256(np.ascontiguousarray(one, np.uint32).tobytes()).hexdigest()
        for name, one in labels.items()
    }


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
    return check_run(run, path)


def check_run(run: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the entries of ``run.json`` with all defaults, see :class:`RunFile`.

    Raises
    ------
    AdganError
        If entries are damaged, or have another format version; it names `path`, their source.
    """
    written = run.get("format", FORMAT)
    if written != FORMAT:
        raise AdganError(
            f"{path.parent} has run format {written!r:.20}, but this version reads {FORMAT}: "
            "use the version of adgan that wrote it, or train again"
        )
    try:
        return RunFile.model_validate(run).model_dump(mode="json")
    except ValidationError as error:
        raise AdganError(
            f"{path} is damaged ({faults_of(error)}): train again, or restore it"
        ) from error
