"""The commands that are printed as what to do next, to be pasted as they are."""

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adgan.io import ReadOptions


def command(*words: object) -> str:
    """Return a command line of the program, quoted where a shell needs it."""
    return shlex.join(["adgan", *map(str, words)])


def reading(given: "ReadOptions") -> list[str]:
    """Return the options of the command line that have images read in the same way again."""
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
