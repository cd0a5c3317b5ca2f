"""Settings by which AD-GAN's output becomes nuclei, each chosen on real images of several kinds."""

from typing import Annotated

from pydantic import Field, field_validator

from adgan.recipe.groups import RISING, Settings

Fraction = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, Field(ge=0, le=100)]
"""Length in nucleus radii."""
Rounds = Annotated[int, Field(ge=1, le=100)]


class ThresholdSettings(Settings):
    """Foreground probability from which a pixel is nucleus, by the kind of mask that is simulated.

    Boundaries are then adjusted to the intensities, so the threshold hardly matters for isolated
    nuclei; in haze, a lower one includes too much.
    """

    semantic: Fraction = Field(0.5, description="threshold for masks without gray levels")
    edge: Fraction = Field(0.25, description="threshold for masks with gray edges")
    dome: Fraction = Field(0.25, description="threshold for masks that are brightest inside")


class BoundarySettings(Settings):
    """Where a nucleus ends: the network decides coarsely, the intensities of the image finely.

    The background of volumes ranges from dark to hazy, so the boundary follows a small power of the
    intensities there, which compares ratios. Of two adjustments the second completes half-detected
    dim nuclei. Opening along an axis of small radius would remove a nucleus at the image border
    that is one pixel deep.
    """

    level: tuple[Fraction, Fraction] = Field(
        (0.47, 0.56),
        description="position of the boundary between the intensities of background (0) and "
        "nucleus (1), in images and in volumes",
    )
    power: tuple[Fraction, Fraction] = Field(
        (1.0, 0.3),
        description="power applied to intensities first, in images and in volumes",
    )
    rounds: tuple[Rounds, Rounds] = Field(
        (1, 2), description="measurements of both intensities in the first and second adjustment"
    )
    inside: Annotated[tuple[Length, Length], RISING] = Field(
        (0.1, 0.3), description="depths at which intensities count as nucleus, in nucleus radii"
    )
    outside: Annotated[tuple[Length, Length], RISING] = Field(
        (0.15, 0.6),
        description="distances at which intensities count as background, in nucleus radii",
    )
    window: Length = Field(
        0.5,
        gt=0,
        description="standard deviation of the Gaussian that averages both intensities, in "
        "nucleus radii",
    )
    move: Length = Field(
        0.35, description="largest distance by which the boundary moves, in nucleus radii"
    )
    opened: float = Field(
        4.0,
        ge=0,
        le=1e6,
        description="nucleus radius in pixels from which thin bridges along an axis are removed",
    )
    hole: float = Field(
        0.15, ge=0, le=100, description="largest hole that is filled, in mean nucleus sizes"
    )


class VisibleSettings(Settings):
    """Which nuclei stand out from the noise."""

    contrast: float = Field(
        3.0,
        ge=0,
        le=1e6,
        description="smallest difference of a nucleus to its surroundings, in standard deviations "
        "of the pixel noise",
    )
    ring: Length = Field(0.6, description="width of these surroundings, in nucleus radii")
    noise: float = Field(
        0.02,
        gt=0,
        le=1,
        description="noise that boundaries tolerate, in half ranges of normalised intensities",
    )


class SplitSettings(Settings):
    """Where touching nuclei are cut: at dips of the relief, and at concavities of large fragments.

    The latter are cut in images only, so all settings but the first two are of images.
    """

    dip: float = Field(
        0.01,
        ge=0,
        le=1,
        description="smallest dip of the relief at which it is cut; excess cuts are merged",
    )
    smoothing: Length = Field(
        0.1, description="standard deviation of the relief's smoothing, in nucleus radii"
    )
    solidity: Fraction = Field(0.94, description="solidity from which a fragment is one nucleus")
    nuclei: int = Field(
        10, ge=1, le=10**6, description="fewer such fragments do not tell the size of nuclei"
    )
    percentile: float = Field(
        95.0, ge=0, le=100, description="percentile of their sizes from which one may be several"
    )
    ratio: float = Field(
        1.3, ge=1, le=100, description="smallest size of such a fragment, in median sizes"
    )
    gain: Fraction = Field(0.03, description="solidity that a cut must gain")
    part: Fraction = Field(0.3, description="smallest size of either part, in median sizes")
    concavities: int = Field(
        2, ge=1, le=100, description="number of concavities at which cuts are tried, deepest first"
    )

    @field_validator("solidity", mode="before")
    @classmethod
    def _of_images(cls, value: object) -> object:
        # Runs trained before hold a second value, for volumes.
        return value[0] if isinstance(value, list | tuple) and value else value


class MergeSettings(Settings):
    """Which fragments are one nucleus: what their union gains or loses in solidity."""

    loss: Fraction = Field(
        0.03, description="solidity that a join may lose: about the effect of pixelation"
    )
    contrast: float = Field(
        0.15, ge=0, le=100, description="solidity to gain per relative difference in brightness"
    )
    neck: float = Field(
        0.4,
        ge=0,
        le=100,
        description="solidity to gain per nucleus radius by which the neck is less deep than the "
        "shallower fragment",
    )
    excess: float = Field(
        0.03, ge=0, le=100, description="solidity to gain per mean size above the mean size"
    )
    speck: Fraction = Field(0.1, description="largest size of a speck, in mean sizes")
    speck_loss: Fraction = Field(0.1, description="further solidity that joining a speck may lose")
    largest: float = Field(2.0, gt=0, le=1e6, description="largest size of a union, in mean sizes")


class DecodingSettings(Settings):
    """From AD-GAN's output to nuclei; the built-in model has parameters of its own."""

    smallest: Fraction = Field(
        0.15, description="smallest size of a nucleus, in sizes of the smallest simulated one"
    )
    smallest_cut: Fraction = Field(0.05, description="the same for a nucleus at the image border")
    threshold: ThresholdSettings = ThresholdSettings()
    boundary: BoundarySettings = BoundarySettings()
    visible: VisibleSettings = VisibleSettings()
    split: SplitSettings = SplitSettings()
    merge: MergeSettings = MergeSettings()
