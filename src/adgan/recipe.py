"""One run's settings, and the geometry that follows from them; to and from JSON."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from adgan.errors import AdganError
from adgan.groups import (
    DataSettings,
    LossSettings,
    NetworkSettings,
    SceneSettings,
    ScheduleSettings,
    Settings,
    StudentSettings,
)
from adgan.nn.grid import GENERATOR_STRIDE, plan_levels, total_stride
from adgan.settings import read_settings

SEEDS_APART = 1_000_003
"""Between the seeds of two tries, so that runs of neighbouring seeds share none."""


class Recipe(Settings):
    """Everything that decides a run beside the images themselves."""

    task: Literal["semantic", "instance"] = Field(
        "instance", description="a mask, or each nucleus its own label"
    )
    umpire: bool = Field(
        True, description="the built-in model votes on each nucleus, but of volumes done in blocks"
    )
    seed: int = Field(0, ge=0, le=2**53, description="of weights, crops, scenes and noise")
    network: NetworkSettings = NetworkSettings()
    loss: LossSettings = LossSettings()
    scene: SceneSettings
    data: DataSettings = DataSettings()
    schedule: ScheduleSettings = ScheduleSettings(minutes=5)
    student: StudentSettings = StudentSettings()

    @model_validator(mode="after")
    def _fits_the_crop(self) -> "Recipe":
        crop = self.data.crop
        if self.network.planes and (self.data.rank == 2 or len(set(crop)) > 1):
            raise ValueError(f"planes are of volumes, and need a crop of equal sides, not {crop}")
        levels = plan_levels(self.network_rank, self.network.critic_halvings, self.network_aspect)
        for side, step in zip(crop[-self.network_rank :], total_stride(levels), strict=True):
            # The discriminator's last two layers take one patch off each.
            unit, least = max(GENERATOR_STRIDE, step), 3 * step
            if side % unit or side < least:
                raise ValueError(f"crop {crop} needs multiples of {unit}, {least} at least")
        shortest = min(side * a for side, a in zip(crop, self.aspect, strict=True))
        if 2 * self.working_radius(max(self.scene.radius)) > shortest:
            raise ValueError(
                f"a nucleus of radius {max(self.scene.radius):g} does not fit a crop of "
                f"{shortest:g} working pixels: give a smaller radius or a larger crop"
            )
        return self

    @property
    def network_rank(self) -> int:
        """Rank of the networks: that of the images, or 2 where they see planes of volumes."""
        return 2 if self.network.planes else self.data.rank

    @property
    def network_aspect(self) -> tuple[float, ...]:
        """Size along each axis of a pixel that the networks see."""
        return (1.0, 1.0) if self.network.planes else self.aspect

    def for_gan(self) -> ScheduleSettings:
        """Return the schedule of AD-GAN where a student learns after it."""
        minutes = self.schedule.minutes
        if minutes is None:
            return self.schedule
        return self.schedule.model_copy(update={"minutes": minutes * (1 - self.student.share)})

    def for_try(self, number: int) -> "Recipe":
        """Return the recipe of one try, counted from 0: its seed is its own."""
        return self.model_copy(update={"seed": self.seed + SEEDS_APART * number})

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the input, along the last axis."""
        if self.data.working_radius is None:
            return 1.0
        return self.data.working_radius / (sum(self.scene.radius) / 2)

    @property
    def aspect(self) -> tuple[float, ...]:
        """Size of a working voxel along each axis, that of the last axis being 1.

        Planes further apart than working pixels are not interpolated: the voxels stay long.
        """
        if self.data.isotropic:
            return (1.0,) * self.data.rank
        return tuple(max(1.0, share * min(1.0, self.scale)) for share in self.shares())

    def shares(self, spacing: Sequence[float] | None = None) -> tuple[float, ...]:
        """Return the sides of an image's pixel in those pixels that sizes refer to.

        Along Z they are less by what nuclei look longer there. Without its spacing an image is
        taken to have that of the run.
        """
        own, rank = self.data.spacing, self.data.rank
        sides = (1.0,) * rank if own is None else tuple(s / own[-1] for s in spacing or own)
        return sides if rank == 2 else (sides[0] / (self.data.elongation or 1.0), *sides[1:])

    def scales(self, spacing: Sequence[float] | None = None) -> tuple[float, ...]:
        """Return working pixels per pixel of an image along each axis; see :meth:`shares`."""
        pairs = zip(self.shares(spacing), self.aspect, strict=True)
        return tuple(share * self.scale / side for share, side in pairs)

    @property
    def disc_radius(self) -> float:
        """Radius of the disc or ball as large as a mean nucleus of the scenes, in input pixels."""
        low, high = self.scene.eccentricity
        flat = math.sqrt(1 - ((low + high) / 2) ** 2)
        rank = self.data.rank
        return sum(self.scene.radius) / 2 * float(flat ** ((rank - 1) / rank))

    def working_radius(self, radius: float) -> float:
        """Return a length in input pixels in working pixels of the last axis."""
        return radius * self.scale

    def with_scene(self, **settings: Any) -> "Recipe":
        """Return the recipe with other settings of its scenes."""
        scene = SceneSettings(**{**self.scene.model_dump(), **settings})
        return self.model_copy(update={"scene": scene})

    def magnified(self, factor: float) -> "Recipe":
        """Return the same settings for images of `factor` times the magnification."""
        low, high = self.scene.radius
        fewest, most = self.scene.count
        density = factor**self.data.rank
        scene = self.scene.model_copy(
            update={
                "radius": (low * factor, high * factor),
                "count": (fewest / density, most / density),
            }
        )
        return self.model_copy(update={"scene": scene})

    def at_working_size(self) -> "Recipe":
        """Return the same settings for images that are taken at the working scale."""
        data = self.data.model_copy(update={"spacing": self.aspect, "elongation": 1.0})
        return self.magnified(self.scale).model_copy(update={"data": data})

    def to_json(self) -> str:
        """Return the recipe as indented JSON text."""
        return self.model_dump_json(indent=2) + "\n"


def make_recipe(settings: dict, source: str = "the recipe") -> Recipe:
    """Validate nested settings.

    Parameters
    ----------
    settings
        Nested names and values; what is left out takes its default.
    source
        Where they come from, for the message.

    Returns
    -------
    Recipe

    Raises
    ------
    AdganError
        Naming every setting that is unknown, of a wrong kind or out of range.
    """
    try:
        return Recipe.model_validate(settings)
    except ValidationError as error:
        raise AdganError(f"{source}: {faults_of(error)}") from error


def faults_of(error: ValidationError) -> str:
    """Return what is wrong with settings: each by its name, the first ten of them."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'recipe'}: "
        f"{fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors()
    ]
    more = [f"and {len(faults) - 10} more"] if len(faults) > 10 else []
    return "; ".join(faults[:10] + more)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe that a run wrote.

    Raises
    ------
    AdganError
        If the file is missing, damaged, or not a recipe.
    """
    return make_recipe(read_settings(path), str(path))
