"""Settings of a recipe in groups: networks, losses, scenes and images; the base of all.

Every group is frozen and validated, and declared only in this package. Schedule, tiling, decoding,
quality and the student have modules of their own.

The limits of every number are far beyond useful values; they keep an untrusted file from requesting
more memory or time than any machine has.
"""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Range = tuple[float, float]
Radius = Annotated[float, Field(ge=0.5, le=10_000)]
"""Length in pixels of the input image."""
Count = Annotated[float, Field(ge=0, le=1e6)]
"""Number of nuclei per reference area or volume, see :class:`SceneSettings`."""
Images = Annotated[int, Field(ge=1, le=1000)]
Radii = Annotated[float, Field(ge=1, le=100)]
"""Side of a window, in mean nucleus radii."""
REFERENCE_CROP = {2: (256, 256), 3: (64, 128, 128)}
"""Reference area and volume for nucleus counts, in pixels, by ndim: the paper's crop (4.2)."""
PIXEL_SIZE_UM = (1e-4, 1e5)
"""Smallest and largest pixel size, in micrometres."""
Micrometres = Annotated[float, Field(ge=PIXEL_SIZE_UM[0], le=PIXEL_SIZE_UM[1])]
Weight = Annotated[float, Field(ge=0, le=1e6)]
"""Weight of one loss term."""
Side = Annotated[int, Field(ge=4, le=2048)]
"""Side of a training crop, in working pixels."""
Percentile = Annotated[float, Field(ge=0, le=100)]
STEPS_MAX = 10**8


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    """Refuse a range that does not rise."""
    if not ends[0] < ends[1]:
        raise ValueError(f"must be two numbers, MIN < MAX, not {ends[0]:g} {ends[1]:g}")
    return ends


RISING = AfterValidator(_rising)
"""Annotation of a range, MIN and MAX."""


def reference_size(ndim: int) -> int:
    """Return the number of pixels in the reference area (2D) or volume (3D) for counts."""
    return math.prod(REFERENCE_CROP[ndim])


def reference_words(ndim: int) -> str:
    """Return the sides of the reference area or volume as text, such as ``256 x 256``."""
    return " x ".join(map(str, REFERENCE_CROP[ndim]))


class Settings(BaseModel):
    """Base of every group of settings: immutable, and refuses unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NetworkSettings(Settings):
    """Architecture of the networks (Tables 5 to 8)."""

    width: int = Field(8, ge=1, le=512, description="channels in the generator's first layer")
    discriminator_width: int = Field(
        8, ge=1, le=512, description="channels in the discriminator's first layer"
    )
    blocks: int = Field(
        2, ge=0, le=32, description="residual blocks in the encoder, and again in the decoder"
    )
    kernel: int = Field(7, ge=1, le=31, description="kernel size of the first and last layer, odd")
    discriminator_halvings: int = Field(
        3, ge=1, le=8, description="downsampling steps in the discriminator"
    )
    planes: bool = Field(False, description="use 2D networks on the planes of volumes")
    plane_spacing_max: float = Field(
        2.0,
        ge=1,
        le=100,
        description="largest ratio of the sides of a plane's pixels; beyond it nuclei are too "
        "distorted",
    )
    plane_candidates: int = Field(
        3,
        ge=1,
        le=100,
        description="planes drawn for each that is learnt from: the one with the largest "
        "variation, as many planes of sparse volumes are empty",
    )
    plane_floor: float = Field(
        1e-3,
        gt=0,
        le=1,
        description="smallest foreground probability from planes across one axis, so that no axis "
        "alone excludes a voxel",
    )
    smooth: bool = Field(
        True, description="upsample by interpolation instead of transposed convolution"
    )
    styled_encoder: bool = Field(True, description="use AdaIN in the encoder (Table 3)")

    @model_validator(mode="after")
    def _centred(self) -> "NetworkSettings":
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, not {self.kernel}")
        return self


class LossSettings(Settings):
    """Loss terms of section 3.4 and how they are trained; weight 0 removes a term (Table 3)."""

    reconstruction: Weight = Field(20.0, description="weight of the reconstruction loss (Eq. 1)")
    content: Weight = Field(1.0, description="weight of the content loss (Eq. 3)")
    cycle: Weight = Field(20.0, description="weight of the cycle loss (Eq. 4)")
    bright: Weight = Field(
        10.0, description="weight of the loss that keeps nuclei bright in both domains"
    )
    bright_correlation: float = Field(
        0.2,
        ge=-1,
        le=1,
        description="correlation of an image and its translation from which that loss is 0",
    )
    adversarial: Literal["least_squares", "log"] = Field(
        "least_squares", description="form of the adversarial loss (Eq. 2)"
    )
    aligned: bool = Field(True, description="train the decoder by reconstruction alone (3.2)")
    noise: float = Field(
        0.05,
        ge=0,
        le=100,
        description="standard deviation of noise added to translations before cycling",
    )
    history: int = Field(
        50, ge=0, le=10_000, description="past translations per domain kept for the discriminator"
    )


class SceneSettings(Settings):
    """Simulated nuclei; lengths in input pixels along the last axis (5.3.2, Table 9)."""

    radius: tuple[Radius, Radius] = Field(description="semi-major axis, in pixels: MIN, MAX")
    count: tuple[Count, Count] = Field(
        description="nuclei per 256 x 256 pixels or 64 x 128 x 128 voxels: MIN, MAX"
    )
    eccentricity: Range = Field(
        (0.25, 0.75), description="eccentricity of the ellipse (Eq. 8): MIN, MAX"
    )
    contact: float = Field(
        0.3, ge=0, le=1, description="fraction of nuclei placed in contact with another"
    )
    overlap: float = Field(
        0.05, ge=0, lt=1, description="largest fraction of a nucleus covered by others"
    )
    irregularity: float = Field(
        0.05, ge=0, lt=0.5, description="outline irregularity, relative to the radius"
    )
    misses: int = Field(
        50,
        ge=1,
        le=10_000,
        description="successive draws without room after which a scene is full",
    )
    mask: Literal["semantic", "edge", "dome"] = Field(
        "semantic", description="kind of mask that is rendered"
    )
    edge: float = Field(
        0.5, gt=0, lt=1, description="fraction of the nucleus depth drawn as gray edge"
    )
    refine: bool = Field(
        False, description="update radius and count from the first masks of training"
    )
    refine_images: tuple[Images, Images] = Field(
        (24, 3),
        description="images of which the middle is measured for that, in images and in volumes; "
        "sizes differ between images",
    )
    refine_side: tuple[Radii, Radii] = Field(
        (12.0, 10.0), description="side of these parts in mean radii, in images and in volumes"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "SceneSettings":
        for name in ("radius", "count", "eccentricity"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ValueError(f"{name} must be two numbers, 0 <= MIN <= MAX, not {low} {high}")
        if self.eccentricity[1] >= 1:
            raise ValueError(f"eccentricity must be below 1, not {self.eccentricity[1]}")
        return self

    @property
    def mean_radius(self) -> float:
        """Mean semi-major axis, in pixels of the input image."""
        return sum(self.radius) / 2


class DataSettings(Settings):
    """How images are read, normalised, rescaled and cropped."""

    ndim: Literal[2, 3] = Field(
        2, description="number of spatial dimensions: 2 for images, 3 for volumes"
    )
    channel: int | None = Field(None, ge=0, le=9_999, description="nuclear channel, counted from 0")
    frames: bool = Field(False, description="read time series as separate images")
    stack: bool = Field(False, description="read the 2D images of a folder as one volume")
    axes: str | None = Field(
        None,
        max_length=20,
        description="axis order of the files, such as TZCYX; null: read from the file",
    )
    scene: Annotated[int, Field(ge=0, le=9_999)] | Literal["all"] | None = Field(
        None, description="image to read from files that hold several, counted from 0, or all"
    )
    spacing: tuple[Micrometres, ...] | None = Field(
        None,
        description="pixel size that radii refer to, (Z) Y X, in micrometres; null: from the files",
    )
    elongation: float | None = Field(
        None,
        ge=0.01,
        le=100,
        description="apparent length of nuclei along Z relative to their width; null: measured",
    )
    isotropic: bool = Field(
        False, description="interpolate along Z where planes are further apart than pixels"
    )
    working_radius: float | None = Field(
        11.0,
        ge=1,
        le=1000,
        description="mean semi-major axis after rescaling, in working pixels; null: do not rescale",
    )
    gamma: float = Field(
        0.5, ge=0.01, le=100, description="gamma applied after percentile normalisation"
    )
    percentiles: Range = Field((0.5, 99.8), description="intensity percentiles mapped to -1 and 1")
    even: float | None = Field(
        0.3,
        ge=1e-6,
        le=1e6,
        description="floor of local contrast normalisation, which brightens dim regions; null: off",
    )
    even_sigma: float = Field(
        2.5,
        gt=0,
        le=100,
        description="standard deviation of the Gaussian that measures local contrast, in mean "
        "radii: a nucleus and its neighbours",
    )
    even_percentiles: tuple[Percentile, Percentile, Percentile] = Field(
        (20.0, 95.0, 99.8),
        description="percentiles for it: of intensities, background; of local contrasts, bright "
        "regions; of the result, what is mapped to 1",
    )
    adapt: bool = Field(
        True,
        description="rescale images of another magnification, and invert those with dark nuclei",
    )
    crop: tuple[Side, ...] = Field(
        (64, 64), description="size of a training crop, (Z) Y X, in working pixels"
    )
    batch: int = Field(4, ge=1, le=1024, description="images per training step, and as many masks")
    pixels_max: int = Field(
        2**27,
        ge=1,
        le=2**40,
        description="working pixels that crops are drawn from: 512 MiB of memory, more crops than "
        "the steps of a training visit",
    )
    images_min: int = Field(
        4, ge=1, le=10**6, description="images that crops are drawn from however large they are"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "DataSettings":
        if len(self.crop) != self.ndim:
            raise ValueError(f"crop {self.crop} needs {self.ndim} sides")
        if self.spacing is not None:
            if len(self.spacing) != self.ndim:
                raise ValueError(f"spacing {self.spacing} needs {self.ndim} numbers, (Z) Y X")
        low, high = self.percentiles
        if not 0 <= low < high <= 100:
            raise ValueError(f"percentiles {low} {high} must rise within 0 to 100")
        return self
