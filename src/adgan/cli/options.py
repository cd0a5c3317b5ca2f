"""The options that make up a recipe: declared once, shared by `train` and `recipe`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from adgan.cli.ranges import MICROMETRES, PARALLEL, SCENE, WHOLE
from adgan.cli.voice import say
from adgan.errors import AdganError

if TYPE_CHECKING:
    from adgan.io import ReadOptions
    from adgan.recipe.recipe import Recipe

# Repeated here because the modules that define them are slow to import; a test compares them.
Preset = Literal["fast", "paper"]
Task = Literal["semantic", "instance"]
Device = Literal["auto", "cpu", "cuda", "mps"]

READ = Parameter(group=Group("Reading images", sort_key=1))
WRITE = Parameter(group=Group("Output", sort_key=2))
RUN = Parameter(group=Group("Execution", sort_key=3))
JSON = Parameter(name="--json", group=WRITE.group)
"""Groups of options in the help."""


@Parameter(name="*", group=READ.group)
@dataclass(frozen=True, kw_only=True)
class PatternOptions:
    """Which files are images.

    Parameters
    ----------
    include
        Pattern that file names must match, such as ``*_DAPI.tif``. A pattern with a slash, such
        as ``*/w1/*``, is matched against the path below the folder and searches sub-folders too.
        Quote it so that the shell does not expand it. May be repeated.
    exclude
        Pattern that file names must not match. May be repeated.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def found(self, images: Sequence[str]) -> list[str]:
        """Return the files that match the patterns, or all of them if there are no patterns."""
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
    frames
        Read time series as separate images.
    stack
        Read the 2D images of a folder as the slices of one volume.
    spacing
        Voxel size in micrometres, Z Y X (default: read from the files).
    axes
        Axis order of the files, such as TZCYX (default: read from the files).
    scene
        Image to read from files that hold several, counted from 0, or all.
    """

    frames: bool = False
    stack: bool = False
    spacing: Annotated[tuple[float, ...] | None, MICROMETRES] = None
    axes: str | None = None
    scene: Annotated[int | Literal["all"] | None, SCENE] = None

    def read(self, channel: int | None = None) -> "ReadOptions":
        """Return how images are read."""
        from adgan.io import ReadOptions

        return ReadOptions(channel=channel, **vars(self))


@Parameter(name="*", group=RUN.group)
@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """What trains.

    Parameters
    ----------
    device
        Device to compute on (default auto: the fastest available).
    devices
        Devices per machine that split every batch (default 1); on the CPU, processes.
    nodes
        Machines that split every batch (default 1); each runs this command, as under srun or
        torchrun.
    """

    device: Device = "auto"
    devices: Annotated[int, PARALLEL] = 1
    nodes: Annotated[int, PARALLEL] = 1


@Parameter(name="*", group=Group("Recipe", sort_key=0))
@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """Recipe settings on the command line.

    Settings from `like` override those of `config`, which override the `preset`; the other options
    override all three.

    Parameters
    ----------
    preset
        Preset to start from: fast (default; minutes on a CPU) or paper.
    config
        YAML or JSON file with any of the settings that `adgan recipe` prints.
    like
        Nucleus radius and count of one of the paper's data sets, such as hela.
    task
        Kind of segmentation: instance (default; a label per nucleus) or semantic (one mask).
    radius
        Smallest and largest semi-major axis of the nuclei, in pixels (default: estimated).
    count
        Fewest and most nuclei per 256 x 256 pixels, or per 64 x 128 x 128 voxels in volumes
        (default: estimated).
    steps
        Training length in steps.
    minutes
        Training length in minutes (default 5).
    seed
        Random seed (default 0).
    channel
        Nuclear channel, counted from 0.
    frames
        Read time series as separate images.
    spacing
        Voxel size in micrometres, Z Y X (default: read from the files).
    stack
        Read the 2D images of a folder as the slices of one volume.
    axes
        Axis order of the files, such as TZCYX (default: read from the files).
    scene
        Image to read from files that hold several, counted from 0, or all.
    no_pictures
        Keep image crops out of the run folder: no panels, and no pictures on the report page.
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
        """Return the given options as nested recipe settings, which override the preset.

        Raises
        ------
        AdganError
            If the file or the data set name is invalid, or two training lengths are given.
        """
        from adgan.recipe.presets import like
        from adgan.recipe.recipe import with_present_names
        from adgan.recipe.settings import merged, read_settings

        if self.steps is not None and self.minutes is not None:
            raise AdganError("--steps and --minutes are both given: training has one length")
        config = with_present_names(read_settings(self.config)) if self.config else {}
        for group in ("scene", "data", "schedule"):
            if not isinstance(config.get(group, {}), dict):
                raise AdganError(
                    f"{self.config}: {group} is not a group of settings: see `adgan recipe`"
                )
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
            # None is kept here: one training length replaces the other.
            flags["schedule"] = {"steps": self.steps, "minutes": self.minutes}
        if self.no_pictures:
            flags["schedule"] = {**flags.get("schedule", {}), "pictures": False}
        return merged(config, like(self.like) if self.like else {}, _said(flags))


def _said(flags: dict[str, Any]) -> dict[str, Any]:
    """Drop the options that were not given, except in the schedule."""
    kept = {
        name: value if name == "schedule" or not isinstance(value, dict) else _said(value)
        for name, value in flags.items()
    }
    return {name: value for name, value in kept.items() if value is not None}


def recipe_of(options: RecipeOptions, images: Sequence[str]) -> "Recipe":
    """Turn options into a recipe, estimating missing nucleus sizes from the images.

    Parameters
    ----------
    options
        Options of the command line.
    images
        Folders, files and globs; read only if a size is missing.

    Raises
    ------
    AdganError
        If a setting is invalid, or sizes are missing and cannot be estimated from the images.
    """
    from adgan.survey.fit import fit_recipe

    return fit_recipe(
        images or None,
        options.settings(),
        options.preset or "fast",
        source=str(options.config or "these options"),
        note=say,
    )
