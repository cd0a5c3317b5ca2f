"""Settings by which images that are too large for one pass of AD-GAN's network are cut."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from adgan.recipe.groups import Settings

Pixels = Annotated[int, Field(ge=16, le=2**16, multiple_of=4)]
"""Side in working pixels; the network halves sizes twice."""
Overlap = Annotated[int, Field(ge=4, le=2**16, multiple_of=4)]
Values = Annotated[int, Field(ge=1, le=2**40)]


class BlockSettings(Settings):
    """Blocks of images that do not fit into memory, each decoded by itself."""

    overlap: float = Field(
        5.0,
        ge=0,
        le=100,
        description="overlap of neighbouring blocks, in largest nucleus radii: a nucleus, and the "
        "surroundings on which its boundary is measured",
    )
    centres: float = Field(
        0.25,
        ge=0,
        le=100,
        description="largest distance between the centres that two blocks find for the same "
        "nucleus, in mean radii",
    )
    compared: int = Field(
        2,
        ge=1,
        le=1000,
        description="windows on which the run and the built-in model are compared",
    )
    compared_side: tuple[Pixels, Pixels] = Field(
        (1024, 128), description="side of these windows in pixels, in images and in volumes"
    )

    @field_validator("compared_side", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        # Runs of earlier versions hold one number, for images.
        return (value, 128) if isinstance(value, int) else value


class TilingSettings(Settings):
    """Tiles of large images, and the windows on which the statistics that they share are measured.

    Up to ten feature maps are in memory at once. Tiles of moderate size are faster than the largest
    possible ones, as their feature maps fit into caches. An image that passes whole is faster
    still, as nothing is measured before; that of a camera of 2048 x 2048 pixels does, if its nuclei
    have 20 pixels or more. Pixels farther away than half of the overlap have no relevant influence.
    """

    whole: tuple[Values, Values] = Field(
        (2**25, 2**24),
        description="largest number of values of a feature map with which an image or a volume "
        "passes whole: 128 and 64 MiB",
    )
    values: Values = Field(
        2**24, description="largest number of values of a feature map of tiles and windows: 64 MiB"
    )
    tile: tuple[Pixels, Pixels] = Field(
        (512, 128),
        description="largest side of a tile, in working pixels, in images and in volumes",
    )
    overlap: tuple[Overlap, Overlap] = Field(
        (64, 32),
        description="overlap of tiles and windows, in working pixels, in images and in volumes",
    )
    window: tuple[Pixels, Pixels] = Field(
        (256, 64),
        description="side of the windows on which statistics are measured, in working pixels, in "
        "images and in volumes",
    )
    batches: int = Field(
        4, ge=1, le=10_000, description="largest number of batches of such windows"
    )
    block: BlockSettings = BlockSettings()

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, given: object) -> object:
        # Runs of earlier versions hold one number for tiles and for what passes whole.
        if isinstance(given, dict) and "values" in given and "whole" not in given:
            return {**given, "whole": (given["values"],) * 2}
        return given
