"""Notes on stderr about a run and about skipped images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from adgan.cli.voice import say, warn

SKIPPED_LISTED_MAX = 20
"""Number of skipped images that are named."""
SKIPPED_EXIT_CODE = 3
"""Exit code if images were skipped."""


class Result(Protocol):
    """The result of one image."""

    @property
    def name(self) -> str:
        """Name of the image."""

    @property
    def reason(self) -> str:
        """Why the image was skipped, or its label map is empty."""

    @property
    def skipped(self) -> bool:
        """True if the image could not be used."""


def notes_of(run: Path) -> list[str]:
    """Return notes about the images of a run, one per line."""
    from adgan.image.scale import working_shape
    from adgan.recipe.recipe import read_recipe
    from adgan.runs import RECIPE
    from adgan.runs.record import read_run
    from adgan.survey.inputs import describe_spacing

    recipe, about = read_recipe(run / RECIPE), read_run(run)
    inputs = about["inputs"]
    names = [i["name"] for i in inputs]
    spacings = [i["spacing"] and tuple(i["spacing"]) for i in inputs]
    notes = [*describe_spacing(names, spacings, recipe.data.spacing), *about["handling"]]
    shapes = [working_shape(i["shape"], recipe.scales(i["spacing"])) for i in inputs]
    crop = recipe.data.crop
    small = sum(any(n < c for n, c in zip(shape, crop, strict=True)) for shape in shapes)
    if small:
        sides = " x ".join(map(str, crop))
        notes.append(
            f"{small} of {len(shapes)} images are smaller than a crop ({sides} at the working "
            "scale) and are padded by reflection"
        )
    return notes


def warn_of(run: Path) -> None:
    """Warn on stderr if a run may have failed."""
    from adgan.runs.record import read_run

    for reason in (read_run(run)["verdict"] or {}).get("reasons", []):
        warn(f"{run} may have failed: {reason}")


def left_out(found: Sequence[Result], manifest: Path) -> int:
    """Report on stderr which images were skipped or are blank, and return the exit code.

    Parameters
    ----------
    found
        The result of each image.
    manifest
        The file that lists all results.

    Returns
    -------
    int
        3 if any image was skipped, otherwise 0.
    """
    blank = [one.name for one in found if one.reason and not one.skipped]
    if blank:
        more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
        warn(f"{blank[0]}{more}: all pixels have the same value, so the label map is empty")
    skipped = [one for one in found if one.skipped]
    if not skipped:
        return 0
    warn(f"{len(skipped)} of {len(found)} images were skipped:")
    for one in skipped[:SKIPPED_LISTED_MAX]:
        say(f"  {one.reason}", important=True)
    if len(skipped) > SKIPPED_LISTED_MAX:
        say(f"  and {len(skipped) - SKIPPED_LISTED_MAX} more, see {manifest}", important=True)
    return SKIPPED_EXIT_CODE
