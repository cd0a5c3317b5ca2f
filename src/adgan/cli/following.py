"""Suggested next commands, ready to be pasted into a shell."""

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adgan.io import ReadOptions


def command(*words: object) -> str:
    """Return a command line of the program, quoted for a shell."""
    return shlex.join(["adgan", *map(str, words)])


def reading(given: "ReadOptions") -> list[str]:
    """Return the command-line options that read images in the same way."""
    words: list[str] = []
    words += ["--channel", str(given.channel)] if given.channel is not None else []
    words += ["--frames"] * given.frames
    words += ["--spacing", *(f"{side:g}" for side in given.spacing)] if given.spacing else []
    words += ["--stack"] * given.stack
    words += ["--axes", given.axes] if given.axes else []
    words += ["--scene", str(given.scene)] if given.scene is not None else []
    words += [word for pattern in given.include for word in ("--include", pattern)]
    words += [word for pattern in given.exclude for word in ("--exclude", pattern)]
    return words
