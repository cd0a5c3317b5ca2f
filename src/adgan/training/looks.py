"""Looks at the masks of a training, and the weights that they choose.

Each look keeps its weights, and the masks that they draw on the same windows as all others. Those
are chosen whose masks agree most with the others': the looks of all tries have a vote.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from adgan.auto.score import consensus
from adgan.io import atomic
from adgan.runs import KEPT, WEIGHTS
from adgan.runs.tensors import load_tensors, save_tensors
from adgan.training.course import Course, Row
from adgan.training.trainer import Trainer

MASKS = "masks"


class Looks:
    """What is held of the looks of a run.

    Parameters
    ----------
    run
        Its folder.
    checks
        Rows of the looks so far, of a training that goes on: those with a ``consensus`` are held.
    """

    def __init__(self, run: Path, checks: Sequence[Row]):
        self.run = run
        (run / KEPT).mkdir(exist_ok=True)
        held = [int(row["step"]) for row in checks if row["consensus"] > 0]
        self.masks = {step: load_tensors(self._masks(step))[MASKS].numpy() for step in held}

    def add(self, course: Course, trainer: Trainer, masks: np.ndarray | None) -> None:
        """Hold the latest look, let all vote anew, and put the weights that are chosen in place.

        Parameters
        ----------
        course
            Its last check is this look's; the ``consensus`` of all is brought up to date.
        trainer
            Has the weights.
        masks
            Of the windows, 0 to 1; None where they are no answer, and have no vote.
        """
        step = int(course.checks[-1]["step"])
        trainer.save_weights(self._weights(step))
        if masks is not None:
            self.masks[step] = masks.astype(np.float16)
            save_tensors(self._masks(step), {MASKS: torch.from_numpy(self.masks[step])})
            self._vote(course)
        chosen = int(course.chosen["step"])
        with atomic(self.run / WEIGHTS) as path:
            shutil.copyfile(self._weights(chosen), path)

    def move(self, run: Path) -> None:
        """Go on in another folder, to which all files were moved."""
        self.run = run

    def close(self, keep: bool) -> None:
        """Remove what a training that has ended does not need; `keep` spares the weights."""
        for step in self.masks:
            self._masks(step).unlink(missing_ok=True)
        if not keep:
            shutil.rmtree(self.run / KEPT, ignore_errors=True)

    def _vote(self, course: Course) -> None:
        votes = dict(zip(self.masks, consensus(list(self.masks.values())), strict=True))
        for row in course.checks:
            row["consensus"] = votes.get(int(row["step"]), 0.0)

    def _weights(self, step: int) -> Path:
        return self.run / KEPT / f"step_{step:06d}.safetensors"

    def _masks(self, step: int) -> Path:
        return self.run / KEPT / f"step_{step:06d}_masks.safetensors"
