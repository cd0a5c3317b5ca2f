"""A line of results with limits: a folder of results may come from anywhere."""

import json
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from adgan.errors import AdganError
from adgan.groups import Settings
from adgan.recipe import faults_of
from adgan.runs.entries import Count, Seconds, Words
from adgan_bench.system import Kind

Table = Annotated[dict[Words, float | None], Field(max_length=1000)]
"""Scores by name, null where one makes no sense."""


class Entry(Settings):
    """Base of all entries: what a later version adds is kept as it is."""

    model_config = ConfigDict(extra="allow")


class Key(Entry):
    """What a result is known by."""

    method: Words
    set: Words
    seed: Count


class Scores(Entry):
    """All scores over the images of a set."""

    mean: Table
    pooled: Table


class Line(Entry):
    """One result, or why there is none."""

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
            raise ValueError("either scores or why they are missing")
        if self.scores is not None and self.seconds is None:
            raise ValueError("scores without seconds")
        return self


def read_line(text: str) -> dict[str, Any]:
    """Return a result.

    Raises
    ------
    AdganError
        Saying what is wrong with the line.
    """
    try:
        return Line.model_validate(json.loads(text)).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise AdganError(faults_of(error)) from error
    except (ValueError, RecursionError) as error:
        raise AdganError("no JSON") from error
