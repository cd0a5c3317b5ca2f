"""The schema of ``run.json``, with limits because a run may come from an untrusted source."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from adgan.recipe.groups import Micrometres, SceneSettings, Settings
from adgan.system.text import printable

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


class VerdictEntry(Entry):
    """The verdict on the training: whether it may have failed."""

    healthy: bool
    reasons: list[Words] = Field(max_length=100)
    expected_f1: Annotated[float, Field(ge=0, le=1)] | None = None
    look_at: list[Words] = Field([], max_length=100)


class RefinedEntry(Entry):
    """The step after which scenes were adapted to the masks, and their earlier sizes."""

    step: Count
    before: SceneSettings


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


def checked(run: Any) -> dict[str, Any]:
    """Return the content of ``run.json`` with its defaults, as plain values.

    Raises
    ------
    pydantic.ValidationError
        If an entry is missing, has the wrong type, or is out of range.
    """
    return RunFile.model_validate(run).model_dump(mode="json")
