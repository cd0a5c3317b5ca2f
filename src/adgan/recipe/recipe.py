"""The settings of one run, stored as JSON, and the geometry that follows from them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from adgan.errors import AdganError
from adgan.nn.grid import GENERATOR_STRIDE, plan_levels, total_stride
from adgan.recipe.decoding import DecodingSettings
from adgan.recipe.groups import (
    DataSettings,
    LossSettings,
    NetworkSettings,
    SceneSettings,
    Settings,
)
from adgan.recipe.quality import QualitySettings
from adgan.recipe.schedule import ScheduleSettings
from adgan.recipe.settings import read_settings
from adgan.recipe.student import StudentSettings
from adgan.recipe.tiling import TilingSettings

RESTART_SEED_STEP = 1_000_003
"""Difference between the seeds of two restarts, so that runs with adjacent seeds share none."""
FORMER: dict[tuple[str, ...], str | None] = {
    ("quality", "confidence", "contrast"): None,
    ("student", "cutouts"): None,
    ("student", "pasting"): None,
    ("quality", "verdict", "witness_side_volumes"): None,
    ("tiling", "block", "compared_side_volumes"): None,
    ("data", "rank"): "ndim",
    ("scene", "wobble"): "irregularity",
    ("schedule", "tries"): "restarts",
    ("schedule", "try_steps"): "restart_steps",
    ("network", "plane_aspect"): "plane_spacing_max",
    ("network", "critic_width"): "discriminator_width",
    ("network", "critic_halvings"): "discriminator_halvings",
}
"""Settings of earlier versions and their present names; None if they change nothing any more."""


class Recipe(Settings):
    """All settings of a run: with the images, they determine its result."""

    task: Literal["semantic", "instance"] = Field(
        "instance", description="semantic: one mask; instance: a label per nucleus"
    )
    umpire: bool = Field(
        True,
        description="let the built-in model vote on each nucleus",
    )
    seed: int = Field(0, ge=0, le=2**53, description="random seed")
    network: NetworkSettings = NetworkSettings()
    loss: LossSettings = LossSettings()
    scene: SceneSettings
    data: DataSettings = DataSettings()
    schedule: ScheduleSettings = ScheduleSettings(minutes=5)
    student: StudentSettings = StudentSettings()
    tiling: TilingSettings = TilingSettings()
    decoding: DecodingSettings = DecodingSettings()
    quality: QualitySettings = QualitySettings()

    @model_validator(mode="after")
    def _fits_the_crop(self) -> "Recipe":
        crop = self.data.crop
        if self.network.planes and (self.data.ndim == 2 or len(set(crop)) > 1):
            raise ValueError(f"planes are of volumes, and need a crop of equal sides, not {crop}")
        levels = plan_levels(self.network_spacing, self.network.discriminator_halvings)
        for side, step in zip(crop[-self.network_ndim :], total_stride(levels), strict=True):
            # The discriminator's last two layers each remove one patch.
            unit, least = max(GENERATOR_STRIDE, step), 3 * step
            if side % unit or side < least:
                raise ValueError(f"crop {crop} needs multiples of {unit}, {least} at least")
        shortest = min(side * s for side, s in zip(crop, self.working_spacing, strict=True))
        if 2 * self.working_radius(max(self.scene.radius)) > shortest:
            raise ValueError(
                f"a nucleus of radius {max(self.scene.radius):g} does not fit a crop of "
                f"{shortest:g} working pixels: give a smaller radius or a larger crop"
            )
        return self

    @property
    def network_ndim(self) -> int:
        """Number of spatial dimensions of the networks: 2 if they process planes of volumes."""
        return 2 if self.network.planes else self.data.ndim

    @property
    def network_spacing(self) -> tuple[float, ...]:
        """Relative size per axis of a pixel in the input of the networks."""
        return (1.0, 1.0) if self.network.planes else self.working_spacing

    def for_gan(self) -> ScheduleSettings:
        """Return the schedule of AD-GAN when a student is trained after it."""
        minutes = self.schedule.minutes
        if minutes is None:
            return self.schedule
        return self.schedule.model_copy(update={"minutes": minutes * (1 - self.student.share)})

    def for_restart(self, number: int) -> "Recipe":
        """Return the recipe of one restart, counted from 0, with its own seed."""
        return self.model_copy(update={"seed": self.seed + RESTART_SEED_STEP * number})

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the input, along the last axis."""
        if self.data.working_radius is None:
            return 1.0
        return self.data.working_radius / self.scene.mean_radius

    @property
    def working_spacing(self) -> tuple[float, ...]:
        """Size of a working voxel along each axis, relative to the last axis.

        Planes farther apart than working pixels are not interpolated, so voxels stay elongated.
        """
        if self.data.isotropic:
            return (1.0,) * self.data.ndim
        return tuple(max(1.0, share * min(1.0, self.scale)) for share in self.relative_spacing())

    def relative_spacing(self, spacing: Sequence[float] | None = None) -> tuple[float, ...]:
        """Return the size of an image's pixel relative to the pixel that radii refer to.

        Along Z the size is divided by the apparent elongation of nuclei. An image without a
        known spacing is assumed to have that of the run.
        """
        own, ndim = self.data.spacing, self.data.ndim
        sides = (1.0,) * ndim if own is None else tuple(s / own[-1] for s in spacing or own)
        return sides if ndim == 2 else (sides[0] / (self.data.elongation or 1.0), *sides[1:])

    def scales(self, spacing: Sequence[float] | None = None) -> tuple[float, ...]:
        """Return the working pixels per pixel of an image, per axis."""
        pairs = zip(self.relative_spacing(spacing), self.working_spacing, strict=True)
        return tuple(share * self.scale / side for share, side in pairs)

    @property
    def disc_radius(self) -> float:
        """Radius of a disc or ball with the size of the mean simulated nucleus, in input pixels."""
        low, high = self.scene.eccentricity
        flat = math.sqrt(1 - ((low + high) / 2) ** 2)
        ndim = self.data.ndim
        return self.scene.mean_radius * float(flat ** ((ndim - 1) / ndim))

    def working_radius(self, radius: float) -> float:
        """Convert a length from input pixels to working pixels along the last axis."""
        return radius * self.scale

    def with_scene(self, **settings: Any) -> "Recipe":
        """Return the recipe with some scene settings replaced."""
        scene = SceneSettings(**{**self.scene.model_dump(), **settings})
        return self.model_copy(update={"scene": scene})

    def magnified(self, factor: float) -> "Recipe":
        """Return the same settings for images with `factor` times the magnification."""
        low, high = self.scene.radius
        fewest, most = self.scene.count
        density = factor**self.data.ndim
        scene = self.scene.model_copy(
            update={
                "radius": (low * factor, high * factor),
                "count": (fewest / density, most / density),
            }
        )
        return self.model_copy(update={"scene": scene})

    def at_working_size(self) -> "Recipe":
        """Return the same settings for images at the working scale."""
        data = self.data.model_copy(update={"spacing": self.working_spacing, "elongation": 1.0})
        return self.magnified(self.scale).model_copy(update={"data": data})

    def to_json(self) -> str:
        """Return the recipe as indented JSON text."""
        return self.model_dump_json(indent=2) + "\n"


def make_recipe(settings: dict, source: str = "the recipe") -> Recipe:
    """Validate nested settings.

    Parameters
    ----------
    settings
        Nested names and values; missing ones take their defaults.
    source
        Their source, for the error message.

    Raises
    ------
    AdganError
        If settings are unknown, of the wrong type or out of range; the message names each.
    """
    try:
        return Recipe.model_validate(settings)
    except ValidationError as error:
        raise AdganError(f"{source}: {faults_of(error)}") from error


def faults_of(error: ValidationError) -> str:
    """Return the errors in settings by name, at most the first ten."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'recipe'}: "
        f"{fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors()
    ]
    more = [f"and {len(faults) - 10} more"] if len(faults) > 10 else []
    return "; ".join(faults[:10] + more)


def read_recipe(path: Path) -> Recipe:
    """Read the recipe of a run.

    Raises
    ------
    AdganError
        If the file is missing, damaged, or not a recipe.
    """
    return make_recipe(with_present_names(read_settings(path)), str(path))


def with_present_names(settings: dict[str, Any]) -> dict[str, Any]:
    """Rename the settings of earlier versions in place, or remove them; see :data:`FORMER`."""
    for (*groups, name), present in FORMER.items():
        group: Any = settings
        for each in groups:
            group = group.get(each) if isinstance(group, dict) else None
        if isinstance(group, dict) and name in group:
            value = group.pop(name)
            if present:
                group.setdefault(present, value)
    return settings
