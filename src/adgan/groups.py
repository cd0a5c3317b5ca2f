"""The groups of a recipe's settings: frozen, validated, each declared here alone.

Every number has limits far beyond what is of use: a file from elsewhere must not ask for more
memory or time than there is anywhere.
"""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Range = tuple[float, float]
Radius = Annotated[float, Field(ge=0.5, le=10_000)]
"""Pixels of the input."""
Count = Annotated[float, Field(ge=0, le=1e6)]
"""Nuclei per reference area or volume, see :class:`SceneSettings`."""
REFERENCE_CROP = {2: (256, 256), 3: (64, 128, 128)}
"""Sides in pixels, by number of axes, that counts refer to: the paper's crop (4.2)."""
PIXEL = (1e-4, 1e5)
"""Micrometres that a side of a pixel can have."""
Micrometres = Annotated[float, Field(ge=PIXEL[0], le=PIXEL[1])]
Weight = Annotated[float, Field(ge=0, le=1e6)]
"""Of a term of the loss."""
Side = Annotated[int, Field(ge=4, le=2048)]
"""Of a training crop, in working pixels."""
Beta = Annotated[float, Field(ge=0, lt=1)]
"""Share of the past that Adam keeps of a moment."""
MOST_STEPS = 10**8


def reference_size(rank: int) -> int:
    """Return the pixels of the area (2) or volume (3) that counts refer to."""
    return math.prod(REFERENCE_CROP[rank])


def reference_words(rank: int) -> str:
    """Return its sides in words, such as ``256 x 256``."""
    return " x ".join(map(str, REFERENCE_CROP[rank]))


class Settings(BaseModel):
    """Base of every group of settings: immutable, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NetworkSettings(Settings):
    """Shape of the networks (Tables 5 to 8)."""

    width: int = Field(8, ge=1, le=512, description="channels of the generator's first layer")
    critic_width: int = Field(
        8, ge=1, le=512, description="channels of the discriminator's first layer"
    )
    blocks: int = Field(2, ge=0, le=32, description="residual blocks in encoder and in decoder")
    kernel: int = Field(7, ge=1, le=31, description="kernel of the first and last layer, odd")
    critic_halvings: int = Field(3, ge=1, le=8, description="down-samplings of the discriminator")
    planes: bool = Field(False, description="networks of rank 2 that see planes of volumes")
    smooth: bool = Field(True, description="up-sample by interpolation, not transposed convolution")
    styled_encoder: bool = Field(True, description="AdaIN in the encoder (Table 3)")

    @model_validator(mode="after")
    def _centred(self) -> "NetworkSettings":
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, not {self.kernel}")
        return self


class LossSettings(Settings):
    """Terms of section 3.4 and how they are trained; a weight of 0 removes one (Table 3)."""

    reconstruction: Weight = Field(20.0, description="weight of L_rec, Eq. 1")
    content: Weight = Field(1.0, description="weight of L_ctr, Eq. 3")
    cycle: Weight = Field(20.0, description="weight of L_cyc, Eq. 4")
    bright: Weight = Field(
        10.0, description="weight of the term that keeps nuclei bright in both domains"
    )
    adversarial: Literal["least_squares", "log"] = Field(
        "least_squares", description="form of L_adv, Eq. 2"
    )
    aligned: bool = Field(True, description="the decoder learns from reconstruction alone (3.2)")
    noise: float = Field(
        0.05, ge=0, le=100, description="noise on translations before they are cycled"
    )
    history: int = Field(
        50, ge=0, le=10_000, description="past translations of each domain kept for D"
    )


class SceneSettings(Settings):
    """Simulated nuclei, in pixels of the input's last axis (5.3.2, Table 9)."""

    radius: tuple[Radius, Radius] = Field(description="semi-major axis")
    count: tuple[Count, Count] = Field(
        description="nuclei per 256 x 256 pixels, or per 64 x 128 x 128 voxels"
    )
    eccentricity: Range = Field((0.25, 0.75), description="of the ellipse, Eq. 8")
    contact: float = Field(0.3, ge=0, le=1, description="share set down touching another")
    overlap: float = Field(0.05, ge=0, lt=1, description="largest share covered by others")
    wobble: float = Field(0.05, ge=0, lt=0.5, description="smooth departures from the ellipse")
    mask: Literal["semantic", "edge", "dome"] = Field("semantic", description="what is rendered")
    edge: float = Field(0.5, gt=0, lt=1, description="share of the depth that is gray edge")
    refine: bool = Field(False, description="radius and count follow the first masks of training")

    @model_validator(mode="after")
    def _ordered(self) -> "SceneSettings":
        for name in ("radius", "count", "eccentricity"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ValueError(f"{name} must be two numbers, 0 <= MIN <= MAX, not {low} {high}")
        if self.eccentricity[1] >= 1:
            raise ValueError(f"eccentricity must be below 1, not {self.eccentricity[1]}")
        return self


class DataSettings(Settings):
    """How images are read, brightened, scaled and cropped."""

    rank: Literal[2, 3] = Field(2, description="2 for images, 3 for volumes")
    channel: int | None = Field(None, ge=0, le=9_999, description="channel to use, counted from 0")
    frames: bool = Field(False, description="read time series as separate images")
    stack: bool = Field(False, description="read the 2D images of a folder as one volume")
    axes: str | None = Field(
        None,
        max_length=20,
        description="a letter for each axis of the files, such as TZCYX; none: as they say",
    )
    scene: Annotated[int, Field(ge=0, le=9_999)] | Literal["all"] | None = Field(
        None, description="which of several images in a file, counted from 0, or all"
    )
    spacing: tuple[Micrometres, ...] | None = Field(
        None, description="micrometres a pixel, (Z) Y X, that sizes refer to; none: of the files"
    )
    elongation: float | None = Field(
        None,
        ge=0.01,
        le=100,
        description="times that nuclei look longer along Z than across; none: measured",
    )
    isotropic: bool = Field(False, description="interpolate planes that lie further apart")
    working_radius: float | None = Field(
        11.0,
        ge=1,
        le=1000,
        description="pixels the mean semi-major axis is brought to; none keeps them",
    )
    gamma: float = Field(0.5, ge=0.01, le=100, description="power applied between the percentiles")
    percentiles: Range = Field((0.5, 99.8), description="brought to -1 and 1")
    even: float | None = Field(
        0.3,
        ge=1e-6,
        le=1e6,
        description="floor to which dim places are made as bright as others; none: not",
    )
    adapt: bool = Field(
        True, description="give images of another magnification a scale of their own, invert dark"
    )
    crop: tuple[Side, ...] = Field((64, 64), description="sides of a training crop, (Z) Y X")
    batch: int = Field(4, ge=1, le=1024, description="images, and as many masks, a step")

    @model_validator(mode="after")
    def _consistent(self) -> "DataSettings":
        if len(self.crop) != self.rank:
            raise ValueError(f"crop {self.crop} needs {self.rank} sides")
        if self.spacing is not None:
            if len(self.spacing) != self.rank:
                raise ValueError(f"spacing {self.spacing} needs {self.rank} numbers, (Z) Y X")
        low, high = self.percentiles
        if not 0 <= low < high <= 100:
            raise ValueError(f"percentiles {low} {high} must rise within 0 to 100")
        return self


Share = Annotated[float, Field(ge=0, le=1)]


class StudentSettings(Settings):
    """The built-in model fine-tuned on the images: how long, from what, and how fast."""

    share: float = Field(
        0.5, ge=0, lt=1, description="share of the time in which the student learns, if it does"
    )
    unlabelled: bool = Field(False, description="whether it learns where nobody gives labels")
    per_steps: int = Field(
        10, ge=1, le=MOST_STEPS, description="steps of AD-GAN per step of the student's, if counted"
    )
    scenes: Share = Field(0.2, description="share of simulated scenes in a batch")
    cutouts: Share = Field(0.2, description="share of nuclei cut out and set down anew")
    images: Share = Field(0.1, description="share of the images where a teacher is sure")
    labelled: Share = Field(1.0, description="share of images with labels, beside the others")
    batch: int = Field(6, ge=1, le=256, description="crops per step; of volumes half as many")
    rate: float = Field(1e-3, gt=0, le=1, description="highest learning rate (Adam)")
    average: float = Field(
        0.98, ge=0, lt=1, description="share of the past in the moving average of the weights"
    )
    rounds: int = Field(3, ge=1, le=100, description="times that a teacher is asked")


class ScheduleSettings(Settings):
    """Length of training, its tries, and the optimiser's rate in each."""

    steps: int | None = Field(None, ge=1, le=MOST_STEPS, description="length in steps")
    minutes: float | None = Field(
        None, ge=1e-3, le=1e6, description="length in minutes, when steps is none"
    )
    rate: float = Field(3e-3, gt=0, le=10, description="learning rate of Adam")
    betas: tuple[Beta, Beta] = Field((0.5, 0.99), description="of Adam")
    decay: float = Field(1e-4, ge=0, le=1, description="weight decay of Adam")
    tries: tuple[Annotated[float, Field(gt=0, le=100)], ...] = Field(
        (1.0, 0.5, 1.0),
        min_length=1,
        max_length=100,
        description="fresh starts, each with a share of the rate",
    )
    check_every: int | None = Field(
        50,
        ge=1,
        le=MOST_STEPS,
        description="steps between looks at the masks; none keeps the last weights",
    )
    patience: int = Field(
        4, ge=1, le=MOST_STEPS, description="looks without a better score that end a try"
    )
    keep: bool = Field(
        False, description="keep the weights of every look after the end, in checks/"
    )
    picture_every: int = Field(
        100, ge=1, le=MOST_STEPS, description="steps between panels of pictures"
    )
    pictures: bool = Field(
        True, description="draw pieces of the images in panels and on the page of the run"
    )

    @model_validator(mode="after")
    def _possible(self) -> "ScheduleSettings":
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("give either steps or minutes")
        if self.check_every is None and len(self.tries) > 1:
            raise ValueError("several tries need check_every, to choose among them")
        return self
