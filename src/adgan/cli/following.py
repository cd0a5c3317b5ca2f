"""The commands that are printed as what to do next, to be pasted as they are."""

import shlex
from collections.abc import Sequence
from typing import Literal

from adgan.cli.options import PatternOptions

Scene = int | Literal["all"] | None


def command(*words: object) -> str:
    """Return a command line of the program, quoted where a shell needs it."""
    return shlex.join(["adgan", *map(str, words)])


def reading(
    *,
    channel: int | Sequence[int] | None = None,
    frames: bool = False,
    spacing: Sequence[float] | None = None,
    stack: bool = False,
    axes: str | None = None,
    scene: Scene = None,
    patterns: PatternOptions = PatternOptions(),  # noqa: B008
) -> list[str]:
    """Return the options that have images read once more as they were.

    Parameters
    ----------
    channel, frames, spacing, stack, axes, scene, patterns
        As they were given.
    """
    words: list[str] = []
    if channel is not None:
        channels = [channel] if isinstance(channel, int) else channel
        words += ["--channel", *map(str, channels)]
    words += ["--frames"] * frames
    if spacing:
        words += ["--spacing", *(f"{side:g}" for side in spacing)]
    words += ["--stack"] * stack
    words += ["--axes", axes] if axes else []
    words += ["--scene", str(scene)] if scene is not None else []
    for option, given in (("--include", patterns.include), ("--exclude", patterns.exclude)):
        words += [word for pattern in given for word in (option, pattern)]
    return words
