"""Settings by which results are judged without labels: masks, nuclei, and whole trainings."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from adgan.recipe.decoding import Fraction, Length
from adgan.recipe.groups import RISING, Radii, Settings

Views = Literal[2, 4, 8]
Number = Annotated[int, Field(ge=1, le=1000)]
Correlation = Annotated[float, Field(ge=-1, le=1)]


class CheckSettings(Settings):
    """The validation checks of a training: which windows are seen, and what masks pass.

    A mask of noise, or of the background, correlates less with its image than `correlation`. In
    images the quarter turns are compared, as all eight views take twice as long and tell little
    more; in volumes the image and its half turn, as checks of volumes take long.
    """

    windows: tuple[Number, Number] = Field(
        (8, 4), description="number of windows whose masks are checked, in images and in volumes"
    )
    side: tuple[Number, Number] = Field(
        (3, 1), description="side of these windows in training crops, in images and in volumes"
    )
    candidates: Number = Field(
        5, description="random crops per window; the one with the largest variation is used"
    )
    views: tuple[Views, Views] = Field(
        (4, 2), description="views of a window that are compared, in images and in volumes"
    )
    foreground: Annotated[tuple[Fraction, Fraction], RISING] = Field(
        (0.003, 0.8), description="mean of a mask of nuclei, as a fraction of all pixels: MIN, MAX"
    )
    correlation: Correlation = Field(
        0.2, description="smallest correlation of mask and image, which a mask of noise lacks"
    )
    same: Correlation = Field(
        0.5, description="correlation from which two masks, or two windows, show the same"
    )


class VerdictSettings(Settings):
    """Which trainings are relied on, and on which parts of the images that is decided.

    Estimated radii err by a quarter. No run of fewer than 50 steps has been usable. The built-in
    model learnt from simulations alone: where it and the run differ in half of the nuclei, either
    may be wrong.
    """

    steps: int = Field(50, ge=0, le=10**8, description="smallest number of training steps")
    agreement: Fraction = Field(
        0.5, description="smallest agreement of views; masks depend on the orientation of the image"
    )
    nuclei: int = Field(
        3, ge=0, le=10**6, description="smallest number of nuclei in all windows together"
    )
    radius_ratio: float = Field(
        2.0, ge=1, le=1000, description="largest ratio of the simulated and the estimated radius"
    )
    room: Fraction = Field(
        0.9, description="smallest fraction of the nuclei asked for that scenes have room for"
    )
    sharpness: Fraction = Field(
        0.6, description="smallest sharpness of the median nucleus; less is out of focus"
    )
    dark: Fraction = Field(0.5, description="largest fraction of images with dark nuclei")
    witness: Fraction = Field(0.6, description="smallest F1 against the built-in model")
    crops: float = Field(
        4.0, ge=0, le=1e6, description="smallest number of training crops in the images"
    )
    side: tuple[Radii, Radii] = Field(
        (24.0, 10.0),
        description="side of the windows that are segmented, in mean radii, in images and in "
        "volumes",
    )
    witness_side: tuple[Radii, Radii] = Field(
        (40.0, 12.0),
        description="side of the windows compared with the built-in model, in mean radii, in "
        "images and in volumes",
    )
    scenes: Number = Field(16, description="simulated scenes that are checked for room")
    images: tuple[Number, Number] = Field(
        (8, 3),
        description="images that are compared with the built-in model, in images and in volumes",
    )

    @field_validator("witness_side", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        # Runs of earlier versions hold one number, for images.
        return (value, 12.0) if isinstance(value, int | float) else value


class ConfidenceSettings(Settings):
    """The confidence in each nucleus.

    Two discs that touch in one point lose half of `solidity_loss`. A step of intensity that is
    spread over more than a radius does not show where a nucleus ends. Three of the seven
    transformed views rank nuclei as well as all seven, in less time.
    """

    views: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(
        (3, 4, 6),
        min_length=1,
        max_length=7,
        description="transformed views that are compared with the image: twice the quarter turns, "
        "plus 1 if flipped",
    )
    scenes: Number = Field(4, description="simulated scenes in which solidity is measured")
    side: Radii = Field(8.0, description="side of these scenes, in largest radii")
    percentile: float = Field(
        10.0,
        ge=0,
        le=100,
        description="percentile of the solidity of simulated nuclei that counts as convex",
    )
    solidity_loss: float = Field(
        0.2, gt=0, le=1, description="loss of solidity over which convexity falls from 1 to 0"
    )
    steepness: Annotated[tuple[Length, Length], RISING] = Field(
        (0.7, 1.7),
        description="steepness of a boundary at which sharpness is 0 and 1, in intensity steps per "
        "nucleus radius",
    )
    boundary: Length = Field(
        0.1, description="distance up to which slopes count as boundary, in nucleus radii"
    )
    boundary_pixels: float = Field(
        1.01,
        ge=0,
        le=100,
        description="smallest such distance in pixels, so that small nuclei have a boundary",
    )
    inside: Length = Field(
        0.3, description="depth from which intensities count as nucleus, in nucleus radii"
    )
    outside: Annotated[tuple[Length, Length], RISING] = Field(
        (0.3, 0.6),
        description="distances at which intensities count as background, in nucleus radii",
    )
    pixels: Number = Field(3, description="smallest number of pixels whose mean counts")


class AuditSettings(Settings):
    """The audit of a run: simulated masks are translated to images and back."""

    scenes: Number = Field(8, description="simulated scenes that are translated")
    moved: Length = Field(
        0.25, description="displacement above which a nucleus counts as moved, in mean radii"
    )


class QualitySettings(Settings):
    """How results are judged without labels."""

    check: CheckSettings = CheckSettings()
    verdict: VerdictSettings = VerdictSettings()
    confidence: ConfidenceSettings = ConfidenceSettings()
    audit: AuditSettings = AuditSettings()
