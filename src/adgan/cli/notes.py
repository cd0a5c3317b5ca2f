"""What is said of a run and of images that were skipped, on stderr."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from adgan.cli.voice import say, warn

LISTED = 20
"""Skipped images that are named."""
SKIPPED = 3
"""Exit code where images were skipped."""


class Result(Protocol):
    """What became of one image."""

    @property
    def name(self) -> str:
        """Of the image."""

    @property
    def reason(self) -> str:
        """Why it was skipped, or its map is empty."""

    @property
    def skipped(self) -> bool:
        """Whether it could not be used."""


def notes_of(run: Path) -> list[str]:
    """Return what is to be said about the images of a run, a line each."""
    from adgan.inputs import describe_spacing
    from adgan.recipe import read_recipe
    from adgan.runs import RECIPE
    from adgan.runs.record import read_run

    small, about = small_images(run), read_run(run)
    names = [i["name"] for i in about["inputs"]]
    spacings = [i["spacing"] and tuple(i["spacing"]) for i in about["inputs"]]
    known = read_recipe(run / RECIPE).data.spacing
    return [
        *describe_spacing(names, spacings, known),
        *about["handling"],
        *([small] if small else []),
    ]


def small_images(run: Path) -> str | None:
    """Say how many images of a run are smaller than its crops, if any."""
    from adgan.data.scale import working_shape
    from adgan.recipe import read_recipe
    from adgan.runs import RECIPE
    from adgan.runs.record import read_run

    recipe, inputs = read_recipe(run / RECIPE), read_run(run)["inputs"]
    shapes = [working_shape(i["shape"], recipe.scales(i["spacing"])) for i in inputs]
    crop = recipe.data.crop
    small = sum(any(n < c for n, c in zip(shape, crop, strict=True)) for shape in shapes)
    if not small:
        return None
    sides = " x ".join(map(str, crop))
    return (
        f"{small} of {len(shapes)} images are smaller than a crop ({sides} at the working scale) "
        "and are continued by reflection"
    )


def warn_of(run: Path) -> None:
    """Say on stderr what speaks against a run, if anything does."""
    from adgan.runs.record import read_run

    for reason in (read_run(run)["verdict"] or {}).get("reasons", []):
        warn(f"{run} may have failed: {reason}")


def left_out(found: Sequence[Result], manifest: Path) -> int:
    """Say on stderr which images were skipped and which are blank; return the exit code.

    Parameters
    ----------
    found
        What became of each image.
    manifest
        The file that lists them all.

    Returns
    -------
    int
        3 where any was skipped, else 0.
    """
    blank = [one.name for one in found if one.reason and not one.skipped]
    if blank:
        more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
        warn(f"{blank[0]}{more}: all pixels have one value, so that the map is empty")
    skipped = [one for one in found if one.skipped]
    if not skipped:
        return 0
    warn(f"{len(skipped)} of {len(found)} images were skipped:")
    for one in skipped[:LISTED]:
        say(f"  {one.reason}", important=True)
    if len(skipped) > LISTED:
        say(f"  and {len(skipped) - LISTED} more, see {manifest}", important=True)
    return SKIPPED
