"""Settings of the length of a training, its restarts, checks and optimisers."""

from typing import Annotated

from pydantic import Field, model_validator

from adgan.recipe.groups import STEPS_MAX, Settings

Beta = Annotated[float, Field(ge=0, lt=1)]
"""Decay rate of one of Adam's moment estimates."""


class ScheduleSettings(Settings):
    """Training length, restarts, and the optimiser's learning rates."""

    steps: int | None = Field(None, ge=1, le=STEPS_MAX, description="training length in steps")
    minutes: float | None = Field(
        None, ge=1e-3, le=1e6, description="training length in minutes, when steps is null"
    )
    rate: float = Field(3e-3, gt=0, le=10, description="learning rate (Adam)")
    betas: tuple[Beta, Beta] = Field(
        (0.5, 0.99), description="decay rates of Adam's moment estimates"
    )
    decay: float = Field(1e-4, ge=0, le=1, description="weight decay (Adam)")
    restarts: tuple[Annotated[float, Field(gt=0, le=100)], ...] = Field(
        (1.0, 0.5, 1.0),
        min_length=1,
        max_length=100,
        description="restarts from fresh weights: each entry multiplies the learning rate",
    )
    restart_steps: int = Field(
        150,
        ge=1,
        le=STEPS_MAX,
        description="steps that a restart needs; fewer steps or minutes allow fewer restarts",
    )
    check_every: int | None = Field(
        50,
        ge=1,
        le=STEPS_MAX,
        description="steps between validation checks; null: keep the last weights",
    )
    patience: int = Field(
        4,
        ge=1,
        le=STEPS_MAX,
        description="validation checks without improvement that end a restart",
    )
    gain: float = Field(
        0.05,
        ge=0,
        le=100,
        description="relative gain of a score that counts as improvement; less may be chance",
    )
    sound: float = Field(
        0.9,
        ge=0,
        le=1,
        description="fraction of the best score that the chosen weights need; with less the "
        "network has failed",
    )
    keep: bool = Field(
        False, description="keep the weights of every validation check in checks/ after training"
    )
    picture_every: int = Field(100, ge=1, le=STEPS_MAX, description="steps between picture panels")
    pictures: bool = Field(
        True, description="show crops of the images in panels and on the report page"
    )

    @model_validator(mode="after")
    def _possible(self) -> "ScheduleSettings":
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("give either `steps` or `minutes`")
        if self.check_every is None and len(self.restarts) > 1:
            raise ValueError("several `restarts` need `check_every`, to choose among them")
        return self
