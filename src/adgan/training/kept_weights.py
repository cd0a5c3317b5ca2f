"""The checks of a training's masks, and the weights that they select.

Each check keeps its weights and the masks that they give, always in the same windows. The weights
whose masks agree best with those of all other checks, across all restarts, are selected.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from adgan.io import atomic
from adgan.io.atomic import make_folder
from adgan.quality.score import consensus
from adgan.runs import KEPT, WEIGHTS
from adgan.runs.log import Row
from adgan.runs.tensors import load_tensors, save_tensors
from adgan.training.course import Course
from adgan.training.trainer import Trainer

MASKS = "masks"


class KeptWeights:
    """The weights and masks of the checks of a run.

    Parameters
    ----------
    run
        Folder of the run; another one once all files are moved there.
    checks
        Rows of the checks so far, if a training is resumed; those with a ``consensus`` are loaded.
    """

    def __init__(self, run: Path, checks: Sequence[Row]):
        self.run = run
        make_folder(run / KEPT)
        held = [int(row["step"]) for row in checks if row["consensus"] > 0]
        self.masks = {step: load_tensors(self._masks(step))[MASKS].numpy() for step in held}

    def add(self, course: Course, trainer: Trainer, masks: np.ndarray | None) -> None:
        """Store the latest check, update the consensus, and write the selected weights.

        Parameters
        ----------
        course
            Its last row is that of this check; the ``consensus`` of all rows is updated.
        trainer
            Holds the weights.
        masks
            Masks of the windows, 0 to 1; None if they failed the check and do not count.
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

    def close(self, keep: bool) -> None:
        """Remove the masks, and unless `keep`, the weights of all checks at the end of a run."""
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
