"""Settings by which the built-in model is fine-tuned on the images of a run: the student."""

from typing import Annotated

from pydantic import Field

from adgan.recipe.groups import RISING, STEPS_MAX, Settings

Number = Annotated[int, Field(ge=1, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Units = Annotated[float, Field(ge=0, le=100)]


class LessonSettings(Settings):
    """What the teacher labels, and how many examples are made of it."""

    windows: tuple[Number, Number] = Field(
        (16, 6), description="windows that are labelled per round, in images and in volumes"
    )
    per_image: Number = Field(2, description="largest number of these windows of one image")
    side: tuple[Number, Number] = Field(
        (384, 72), description="side of these windows in working pixels, in images and in volumes"
    )
    nucleus: Share = Field(
        0.6, description="probability of being correct from which a nucleus is taken as true"
    )
    background: Share = Field(
        0.15, description="foreground probability below which a pixel is taken as background"
    )
    margin: Number = Field(
        2, description="width of the ignored margin around uncertain nuclei, in working pixels"
    )
    first: Number = Field(4, description="examples of each source at the start of a round")
    every: Number = Field(2, description="steps per further example of each source")
    kept: Number = Field(80, description="latest examples of each source that steps draw from")


class SimulationSettings(Settings):
    """How simulated scenes follow the nuclei found; optics, noise and stain stay wide."""

    nuclei: Number = Field(8, description="nuclei found from which scenes follow them")
    radius_ratios: Annotated[tuple[Units, Units], RISING] = Field(
        (0.75, 1.33), description="radii that are simulated, in median radii found: MIN, MAX"
    )
    radius_limits: Annotated[tuple[Units, Units], RISING] = Field(
        (0.3, 3.0), description="radii beyond which nothing is simulated, in units of the network"
    )
    spread_ratios: Annotated[tuple[Units, Units], RISING] = Field(
        (0.7, 1.2), description="spreads that are simulated, in spreads of radii found: MIN, MAX"
    )
    spread_limits: Annotated[tuple[Units, Units], RISING] = Field(
        (0.05, 0.4),
        description="smallest and largest spread found, as standard deviation of the logarithm",
    )
    packed_limits: Annotated[tuple[Share, Share], RISING] = Field(
        (0.05, 0.95), description="smallest and largest fraction of packed scenes, else as crowded"
    )
    empty: Share = Field(0.02, description="fraction of scenes without nuclei")
    dark: Share = Field(0.02, description="fraction of scenes with dark nuclei")


class StudentSettings(Settings):
    """Fine-tuning of the built-in model: how long, on which examples, and how fast."""

    share: float = Field(
        0.5,
        ge=0,
        lt=1,
        description="fraction of the training time spent on the student, if there is one",
    )
    unlabelled: bool = Field(False, description="train a student even without labels")
    per_steps: int = Field(
        10,
        ge=1,
        le=STEPS_MAX,
        description="AD-GAN steps per student step, when length is given in steps",
    )
    scenes: Share = Field(0.2, description="share of the batch: simulated scenes")
    images: Share = Field(
        0.1, description="share of the batch: image regions where the teacher is confident"
    )
    labelled: Share = Field(
        1.0, description="share of the batch: labelled images, relative to the two above"
    )
    batch: int = Field(6, ge=1, le=256, description="crops per step, half as many for volumes")
    rate: float = Field(1e-3, gt=0, le=1, description="peak learning rate (Adam)")
    average: float = Field(
        0.98, ge=0, lt=1, description="decay of the exponential moving average of the weights"
    )
    average_warm_up: Number = Field(
        10, description="steps after which this decay, which rises from 0, is one half"
    )
    rounds: int = Field(
        3, ge=1, le=100, description="number of times the teacher labels the images"
    )
    diameter_ratio: float = Field(
        1.5,
        ge=1,
        le=1000,
        description="ratio of the diameters in labels and in the survey up to which that of the "
        "survey is used",
    )
    warm_up: Number = Field(20, description="steps over which the learning rate rises to its peak")
    last_rate: Share = Field(0.1, description="learning rate at the end, relative to the peak")
    gradient: float = Field(
        5.0, gt=0, le=1e6, description="largest norm of the gradient, to which it is clipped"
    )
    lesson: LessonSettings = LessonSettings()
    simulation: SimulationSettings = SimulationSettings()
