"""The state of a training, in memory and in its folder."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from adgan.image.batches import Batches
from adgan.io import Image, write_json, write_png
from adgan.io.atomic import make_folder, to_disk
from adgan.models.adgan import Generator, Passes
from adgan.models.build import build_batches
from adgan.quality.score import Check
from adgan.runs import CHECKS, CURVE, LOG, PANELS, RUN, WEIGHTS
from adgan.runs.log import Past, append
from adgan.runs.record import write_recipe
from adgan.runs.tables import write_rows
from adgan.survey.survey import Survey
from adgan.training.course import course_of
from adgan.training.follow import follow
from adgan.training.images import harmonise, view
from adgan.training.kept_weights import KeptWeights
from adgan.training.place import settle_in
from adgan.training.ranks import Ranks
from adgan.training.trainer import Trainer


class RunState:
    """The state of a training; a resumed one starts from the files in its folder.

    Parameters
    ----------
    folder
        Folder of the run. From now on only this object writes its log, its recipe and its
        ``run.json``.
    past
        What the log of the run tells until its saved state.
    images
        Images as read from their files.
    survey
        Survey of these images.
    labels
        Given label maps of some of the images, by image name, uint32 ``(Z) Y X``.
    started
        Time when this process began to work on the run, from :func:`time.monotonic`.

    Attributes
    ----------
    images
        The images with bright nuclei, at one magnification.
    read
        The images as read from their files.
    seen, windows
        The images as the networks see them, and their windows for the checks.
    labels
        The given label maps.
    course
        The schedule with its progress: the curve and the checks so far.
    """

    def __init__(
        self,
        folder: Path,
        past: Past,
        images: Sequence[Image],
        survey: Survey,
        labels: Mapping[str, np.ndarray],
        started: float,
    ):
        step = Trainer.saved_step(folder)
        self.folder, self.read, self.survey, self.labels = folder, images, survey, labels
        self.recipe, self._about = past.recipe, past.about
        schedule = self.recipe.for_gan() if self.learns else self.recipe.schedule
        self.course = course_of(past, schedule, step)
        self._write_record()
        self._write_tables()
        self.images, handling = harmonise(self.recipe, images, survey)
        self.note(**handling)
        self.seen, self.windows = view(self.recipe, self.images)
        self.kept_weights = KeptWeights(folder, [] if self.course.finished else self.course.checks)
        self._origin = started - self.course.seconds
        if self.recipe.schedule.pictures:
            make_folder(folder / PANELS)

    @property
    def learns(self) -> bool:
        """True if a student is trained after AD-GAN, in a share of the time."""
        return bool(self.labels) or self.recipe.student.unlabelled

    @property
    def judged(self) -> bool:
        """True if the run has a verdict."""
        return self._about["verdict"] is not None

    @property
    def step(self) -> int:
        """Number of steps so far, in all restarts."""
        return len(self.course.curve)

    @property
    def row(self) -> dict[str, float]:
        """The row of the last step, with the estimated seconds that are ``left``."""
        left = self.course.seconds * (1 / max(self.course.share, 1e-3) - 1)
        return {**self.course.curve[-1], "left": left}

    @property
    def best(self) -> Check | None:
        """The check by which the weights are chosen; None if the masks are not checked."""
        if not self.course.checks:
            return None
        return Check(*(self.course.chosen[field.name] for field in fields(Check)))

    def begin(self, ranks: Ranks) -> None:
        """Make the networks of the current restart, or of the next one if it has ended."""
        if self.course.over:
            self.course.next_restart()
        ranks.begin(self.recipe.for_restart(self.course.restart), self._batches())
        if self.course.step:
            ranks.restore(self.folder)

    def add_step(self, losses: dict[str, float], rate: float) -> None:
        """Add a step to the curve."""
        seconds = time.monotonic() - self._origin
        row = {"restart": self.course.restart, **losses, "rate": rate, "seconds": seconds}
        self.course.curve.append({"step": self.step + 1, **row})
        append(self.folder, "step", self.step, row=row)

    def add_check(self, check: Check, masks: np.ndarray, trainer: Trainer) -> None:
        """Add a check of the masks; they count for the consensus if they passed."""
        how = self.recipe.quality.check
        row = {
            "restart": self.course.restart,
            "score": check.score(how),
            "consensus": 0.0,
            **asdict(check),
        }
        self.course.checks.append({"step": self.step, **row})
        self.kept_weights.add(self.course, trainer, masks if check.sane(how) else None)
        consensus = [one["consensus"] for one in self.course.checks]
        append(self.folder, "check", self.step, row=row, consensus=consensus)

    def follow(self, generator: Generator, ranks: Ranks) -> str:
        """Adapt the scenes to the nucleus sizes in the masks; return a line for the log."""
        before = self.recipe.scene.model_dump(mode="json")
        self.recipe, line = follow(self.recipe, generator, self.images)
        refined = {"refined": {"step": self.step, "before": before}}
        scene = self.recipe.scene.model_dump(mode="json")
        append(self.folder, "scenes", self.step, scene=scene, about=refined)
        self._about |= refined
        self._write_record()
        self.seen, self.windows = view(self.recipe, self.images)
        ranks.draw_from(self._batches())
        return line

    def draw(self, passes: Passes) -> None:
        """Write a picture of the last step if the settings ask for pictures."""
        if self.recipe.schedule.pictures:
            write_png(self.folder / PANELS / f"step_{self.step:06d}.png", passes.panel())

    def save(self, trainer: Trainer) -> None:
        """Write what resuming needs, and without checks the latest weights as well."""
        to_disk(self.folder / LOG)  # before the state that needs it
        self._write_tables()
        if not self.course.checks:
            trainer.save_weights(self.folder / WEIGHTS)
        trainer.save(self.folder, self.step)
        append(self.folder, "saved", self.step)
        self.folder = settle_in(self.folder)
        self.kept_weights.run = self.folder

    def note(self, **entries: Any) -> None:
        """Log entries of ``run.json`` unless it has them, and write it."""
        if self._about | entries == self._about:
            return
        self._about |= entries
        append(self.folder, "note", self.step, about=entries)
        self._write_record()

    def _write_record(self) -> None:
        write_json(self.folder / RUN, self._about)
        write_recipe(self.folder, self.recipe)

    def _write_tables(self) -> None:
        write_rows(self.folder / CURVE, self.course.curve)
        write_rows(self.folder / CHECKS, self.course.checks)

    def _batches(self) -> Batches:
        return build_batches(self.recipe.for_restart(self.course.restart), self.seen)
