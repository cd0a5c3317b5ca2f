"""The options that make a recipe: declared once, shared by `train` and `recipe`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from adgan.cli.progress import say
from adgan.cli.ranges import SCENE, WHOLE
from adgan.errors import AdganError

if TYPE_CHECKING:
    from adgan.recipe import Recipe

# Restated, as the modules that own them take long to import; a test keeps them equal.
Preset = Literal["fast", "paper"]
Task = Literal["semantic", "instance"]
Device = Literal["auto", "cpu", "cuda", "mps"]

READ = Parameter(group=Group("Reading images", sort_key=1))
WRITE = Parameter(group=Group("What is written", sort_key=2))
RUN = Parameter(group=Group("How it runs", sort_key=3))
JSON = Parameter(name="--json", group=WRITE.group)
"""Groups of options in the help."""


@Parameter(name="*", group=READ.group)
@dataclass(frozen=True, kw_only=True)
class PatternOptions:
    """Which files are images.

    Parameters
    ----------
    include
        Pattern that file names, or their places under the folder, must match, such as
        ``*_DAPI.tif``; with a slash, such as ``*/w1/*``, sub-folders are searched too. Quote it,
        or the shell fills it in. May be repeated.
    exclude
        Pattern that they must not match. May be repeated.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def found(self, images: Sequence[str]) -> list[str]:
        """Return the files that patterns leave of those given; all as given without patterns."""
        from adgan.io import find_images

        if not (self.include or self.exclude):
            return list(images)
        return [str(path) for path in find_images(images, self.include, self.exclude)]


@Parameter(name="*", group=READ.group)
@dataclass(frozen=True, kw_only=True)
class FileOptions(PatternOptions):
    """Which files are images, and what is in them.

    Parameters
    ----------
    axes
        A letter for each axis of the files, such as TZCYX, in place of what they say.
    scene
        Which of several images in one file, counted from 0, or all.
    """

    axes: str | None = None
    scene: Annotated[int | Literal["all"] | None, SCENE] = None


@Parameter(name="*", group=Group("Recipe", sort_key=0))
@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """What a command line can say about a recipe; the later of these win: preset to count.

    Parameters
    ----------
    preset
        Settings to start from: fast (the default, minutes on a CPU) or paper.
    config
        YAML or JSON file with any settings of the recipe, as `adgan recipe` prints them.
    like
        Nucleus sizes and numbers of a data set of the paper, such as hela.
    task
        A mask (semantic), or each nucleus its own label (instance, the default).
    radius
        Smallest and largest semi-major axis of the nuclei, in pixels; estimated when absent.
    count
        Fewest and most nuclei per 256 x 256 pixels; estimated when absent.
    steps
        Length of training in steps.
    minutes
        Length of training in minutes; 5 when nothing else is said.
    seed
        Of weights, crops, scenes and noise; 0 when absent.
    channel
        Channel that shows nuclei, counted from 0.
    frames
        Read time series as separate images.
    spacing
        Micrometres a voxel, Z Y X, in place of what the files say.
    stack
        Read the 2D images of a folder as the slices of one volume.
    axes
        A letter for each axis of the files, such as TZCYX, in place of what they say.
    scene
        Which of several images in one file, counted from 0, or all.
    no_pictures
        Leave pieces of the images out of the run folder: no panels, none on its page.
    """

    preset: Preset | None = None
    config: Path | None = None
    like: str | None = None
    task: Task | None = None
    radius: tuple[float, float] | None = None
    count: tuple[float, float] | None = None
    steps: Annotated[int | None, WHOLE] = None
    minutes: float | None = None
    seed: Annotated[int | None, WHOLE] = None
    channel: Annotated[int | None, WHOLE, READ] = None
    frames: Annotated[bool, READ] = False
    spacing: Annotated[tuple[float, ...] | None, Parameter(consume_multiple=True), READ] = None
    stack: Annotated[bool, READ] = False
    axes: Annotated[str | None, READ] = None
    scene: Annotated[int | Literal["all"] | None, SCENE, READ] = None
    no_pictures: Annotated[bool, WRITE] = False

    def settings(self) -> dict[str, Any]:
        """Return what was said, over the preset, as nested settings of a recipe.

        Raises
        ------
        AdganError
            If the file or the name of the data set is no good, or two lengths are given.
        """
        from adgan.presets import like
        from adgan.settings import merged, read_settings

        if self.steps is not None and self.minutes is not None:
            raise AdganError("--steps and --minutes are both given: training has one length")
        config = read_settings(self.config) if self.config else {}
        for group in ("scene", "data", "schedule"):
            if not isinstance(config.get(group, {}), dict):
                raise AdganError(f"{self.config}: {group} holds no settings: see `adgan recipe`")
        flags: dict[str, Any] = {
            "task": self.task,
            "seed": self.seed,
            "scene": {"radius": self.radius, "count": self.count},
            "data": {
                "channel": self.channel,
                "frames": self.frames or None,
                "spacing": self.spacing,
                "stack": self.stack or None,
                "axes": self.axes,
                "scene": self.scene,
            },
        }
        if self.steps is not None or self.minutes is not None:
            # None is said aloud here: one length takes the place of the other.
            flags["schedule"] = {"steps": self.steps, "minutes": self.minutes}
        if self.no_pictures:
            flags["schedule"] = {**flags.get("schedule", {}), "pictures": False}
        return merged(config, like(self.like) if self.like else {}, _said(flags))


def _said(flags: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not given, but for the schedule."""
    kept = {
        name: value if name == "schedule" or not isinstance(value, dict) else _said(value)
        for name, value in flags.items()
    }
    return {name: value for name, value in kept.items() if value is not None}


def recipe_of(options: RecipeOptions, images: Sequence[str]) -> "Recipe":
    """Turn options into a recipe; sizes that nobody gave are estimated from the images.

    Parameters
    ----------
    options
        Of the command line.
    images
        Folders, files and globs; read only where a size is missing.

    Returns
    -------
    Recipe

    Raises
    ------
    AdganError
        If a setting is no good; if sizes are missing and the images do not tell them.
    """
    from adgan.fit import fit_recipe

    return fit_recipe(
        images or None,
        options.settings(),
        options.preset or "fast",
        source=str(options.config or "these options"),
        note=say,
    )
