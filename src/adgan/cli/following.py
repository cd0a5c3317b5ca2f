"""The commands that are printed as what to do next, to be pasted as they are."""

import shlex
from collections.abc import Sequence

from adgan.cli.options import FileOptions


def command(*words: object) -> str:
    """Return a command line of the program, quoted where a shell needs it."""
    return shlex.join(["adgan", *map(str, words)])


def reading(
    *,
    channel: int | Sequence[int] | None = None,
    frames: bool = False,
    spacing: Sequence[float] | None = None,
    stack: bool = False,
    files: FileOptions = FileOptions(),  # noqa: B008
) -> list[str]:
    """Return the options that have images read once more as they were.

    Parameters
    ----------
    channel, frames, spacing, stack, files
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
    if files.axes:
        words += ["--axes", files.axes]
    if files.scene is not None:
        words += ["--scene", str(files.scene)]
    for option, patterns in (("--include", files.include), ("--exclude", files.exclude)):
        words += [word for pattern in patterns for word in (option, pattern)]
    return words
