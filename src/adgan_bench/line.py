"""The format of a line of results, with limits, as a folder of results may come from anywhere."""

import json
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from adgan.errors import AdganError
from adgan.recipe.groups import Settings
from adgan.recipe.recipe import faults_of
from adgan.runs.record import Count, Seconds, Words
from adgan_bench.system import Kind

Table = Annotated[dict[Words, float | None], Field(max_length=1000)]
"""Scores by name; null if a score is not defined."""


class Entry(Settings):
    """Base of all entries; unknown fields, from a later version, are kept."""

    model_config = ConfigDict(extra="allow")


class Key(Entry):
    """The key that identifies a result."""

    method: Words
    set: Words
    seed: Count


class Scores(Entry):
    """The scores of a set: means over its images, and pooled scores."""

    mean: Table
    pooled: Table


class Line(Entry):
    """One result, or the reason why there is none."""

    key: Key
    title: Words
    kind: Kind
    ours: bool
    scores: Scores | None = None
    missing: Words | None = None
    seconds: Seconds | None = None
    command: Words
    versions: dict[Words, Words] = Field(max_length=100)
    machine: Words
    load: list[float] = Field(max_length=10)
    written: Words

    @model_validator(mode="after")
    def _says_something(self) -> "Line":
        if (self.scores is None) == (self.missing is None):
            raise ValueError("give either scores or the reason why they are missing")
        if self.scores is not None and self.seconds is None:
            raise ValueError("scores need seconds")
        return self


def read_line(text: str) -> dict[str, Any]:
    """Parse a line of results.

    Raises
    ------
    AdganError
        If the line is damaged; the message says what is wrong.
    """
    try:
        return Line.model_validate(json.loads(text)).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise AdganError(faults_of(error)) from error
    except (ValueError, RecursionError) as error:
        raise AdganError("it is not JSON") from error
