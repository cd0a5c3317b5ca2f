import numpy as np
import pytest
from lightning_fabric import Fabric

from adgan.recipe.schedule import ScheduleSettings
from adgan.runs import KEPT, WEIGHTS
from adgan.training.course import Course
from adgan.training.kept_weights import KeptWeights
from adgan.training.trainer import Trainer

MASKS = np.linspace(0, 1, 24).reshape(2, 3, 4)


@pytest.fixture
def trainer(tiny):
    return Trainer(tiny(), Fabric(accelerator="cpu", devices=1))


@pytest.fixture
def course():
    return Course(ScheduleSettings(steps=900, minutes=None), [], [])


def add(kept, course, trainer, step, masks, score=0.9):
    """A check, its weights marked with its step."""
    course.checks.append({"step": step, "restart": 0, "score": score, "consensus": 0.0})
    next(trainer.generator.parameters()).data.fill_(step)
    kept.add(course, trainer, masks)


def test_the_weights_whose_masks_others_draw_too_are_put_in_place(tmp_path, trainer, course):
    kept = KeptWeights(tmp_path, [])
    for step, masks in ((50, MASKS**2), (100, MASKS), (150, MASKS**0.5), (200, None)):
        add(kept, course, trainer, step, masks, score=0.9 if masks is not None else 0.0)
    assert course.chosen["step"] == 100
    votes = [row["consensus"] for row in course.checks]
    assert votes[1] == pytest.approx(1, abs=1e-3) and votes[3] == 0
    kept = tmp_path / KEPT / "step_000100.safetensors"
    assert (tmp_path / WEIGHTS).read_bytes() == kept.read_bytes()


def test_a_training_that_goes_on_votes_as_if_it_had_never_stopped(tmp_path, trainer, course):
    kept = KeptWeights(tmp_path, [])
    add(kept, course, trainer, 50, MASKS**2)
    add(kept, course, trainer, 100, MASKS)
    again = KeptWeights(tmp_path, course.checks)
    add(again, course, trainer, 150, MASKS**0.5)
    assert course.chosen["step"] == 100


@pytest.mark.parametrize("keep", [True, False])
def test_what_a_finished_training_leaves(keep, tmp_path, trainer, course):
    kept = KeptWeights(tmp_path, [])
    add(kept, course, trainer, 50, MASKS)
    kept.close(keep)
    left = [path.name for path in (tmp_path / KEPT).glob("*")]
    assert left == (["step_000050.safetensors"] if keep else [])
    assert (tmp_path / WEIGHTS).exists()
