"""Where a training stands, in memory and in its folder: the one object that its steps change."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from adgan.auto.score import Check
from adgan.build import build_batches
from adgan.data.batches import Batches
from adgan.io import Image, write_png
from adgan.methods.adgan import Generator, Passes
from adgan.recipe import Recipe
from adgan.runs import CHECKS, CURVE, PANELS, WEIGHTS
from adgan.runs.record import note_down, read_run, write_recipe
from adgan.runs.tables import write_rows
from adgan.training.follow import follow
from adgan.training.looks import Looks
from adgan.training.place import settle_in
from adgan.training.ranks import Ranks
from adgan.training.sight import harmonise, view
from adgan.training.start import read_course
from adgan.training.trainer import Trainer


class RunState:
    """A training as it is now; a training that goes on begins with what its folder holds.

    Parameters
    ----------
    folder
        Where the run is written. Its settings, and ``run.json``, are written by this object alone
        from now on.
    recipe
        Its settings.
    images
        As they were read.
    labels
        Label maps that people gave of some of them, by name, uint32 ``(Z) Y X``.
    started
        When this process began to work on the run, by :func:`time.monotonic`.

    Attributes
    ----------
    images
        Of one magnification, with bright nuclei.
    read
        The same as they were read.
    seen, windows
        The same as the networks see them, and what is looked at.
    labels
        As they were given.
    course
        Its try, its rate and its end; the curve and the checks so far.
    """

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        images: Sequence[Image],
        labels: Mapping[str, np.ndarray],
        started: float,
    ):
        step = Trainer.saved_step(folder)
        self.folder, self.read, self.labels = folder, images, labels
        self.recipe = _rewound(folder, recipe, step)
        self.images, handling = harmonise(self.recipe, images)
        self.note(**handling)
        self.seen, self.windows = view(self.recipe, self.images)
        schedule = self.recipe.for_gan() if self.learns else self.recipe.schedule
        self.course = read_course(folder, schedule, step)
        self.looks = Looks(folder, [] if self.course.finished else self.course.checks)
        self._origin = started - self.course.seconds
        if recipe.schedule.pictures:
            (folder / PANELS).mkdir(exist_ok=True)

    @property
    def learns(self) -> bool:
        """Whether the student takes its share of the time, after AD-GAN."""
        return bool(self.labels) or self.recipe.student.unlabelled

    @property
    def step(self) -> int:
        """Steps of all tries so far."""
        return len(self.course.curve)

    @property
    def row(self) -> dict[str, float]:
        """The last step, and the seconds that are ``left``."""
        left = self.course.seconds * (1 / max(self.course.share, 1e-3) - 1)
        return {**self.course.curve[-1], "left": left}

    @property
    def best(self) -> Check | None:
        """The check that was chosen, if the masks were looked at."""
        if not self.course.checks:
            return None
        return Check(*(self.course.chosen[field.name] for field in fields(Check)))

    def begin(self, ranks: Ranks) -> None:
        """Make the networks of the try at hand, or of the next where it is over."""
        if self.course.over:
            self.course.next_try()
        ranks.begin(self.recipe.for_try(self.course.attempt), self._batches())
        if self.course.step:
            ranks.restore(self.folder)

    def add_step(self, losses: dict[str, float], rate: float) -> None:
        """Remember a step."""
        row = {"step": self.step + 1, "try": self.course.attempt, **losses, "rate": rate}
        self.course.curve.append({**row, "seconds": time.monotonic() - self._origin})

    def add_check(self, check: Check, masks: np.ndarray, trainer: Trainer) -> None:
        """Remember a look at the masks, which votes if they are an answer."""
        place = {"step": self.step, "try": self.course.attempt}
        self.course.checks.append(
            {**place, "score": check.score, "consensus": 0.0, **asdict(check)}
        )
        self.looks.add(self.course, trainer, masks if check.sane else None)

    def follow(self, generator: Generator, ranks: Ranks) -> str:
        """Let scenes follow the sizes that masks show; return what is to be said of it."""
        before = self.recipe.scene.model_dump(mode="json")
        self.recipe, line = follow(self.recipe, generator, self.images)
        self.note(refined={"step": self.step, "before": before})
        write_recipe(self.folder, self.recipe)
        self.seen, self.windows = view(self.recipe, self.images)
        ranks.draw_from(self._batches())
        return line

    def draw(self, passes: Passes) -> None:
        """Write a picture of the last step, where pictures are asked for."""
        if self.recipe.schedule.pictures:
            write_png(self.folder / PANELS / f"step_{self.step:06d}.png", passes.panel())

    def save(self, trainer: Trainer) -> None:
        """Write what going on needs; the latest weights too as long as none were chosen."""
        write_rows(self.folder / CURVE, self.course.curve)
        write_rows(self.folder / CHECKS, self.course.checks)
        if not self.course.checks:
            trainer.save_weights(self.folder / WEIGHTS)
        trainer.save(self.folder, self.step)
        self.folder = settle_in(self.folder)
        self.looks.move(self.folder)

    def note(self, **entries: Any) -> None:
        """Put entries into ``run.json``."""
        note_down(self.folder, **entries)

    def _batches(self) -> Batches:
        return build_batches(self.recipe.for_try(self.course.attempt), self.seen)


def _rewound(folder: Path, recipe: Recipe, step: int) -> Recipe:
    """Return the recipe as it was at a step, and write it: scenes may have followed since.

    A training that goes on from before that goes the same way again.
    """
    refined = read_run(folder)["refined"]
    if refined is None or refined["step"] <= step:
        return recipe
    recipe = recipe.with_scene(**refined["before"])
    write_recipe(folder, recipe)
    return recipe
