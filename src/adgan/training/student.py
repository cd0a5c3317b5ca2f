"""Fine-tune the built-in model on the images of a training after AD-GAN: the student of the run."""

import time
from collections.abc import Callable

from adgan.runs import STUDENT
from adgan.runs.record import hashes
from adgan.runs.tensors import save_tensors
from adgan.student.store import weights_of
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.state import RunState
from adgan.training.tutoring import tutor


def teach_student(
    state: RunState,
    watch: Callable[[dict[str, float]], None] | None,
    note: Callable[[str], None] | None,
) -> None:
    """Fine-tune the built-in model, and write the weights of the student.

    Parameters
    ----------
    state
        State of a training after its AD-GAN part.
    watch, note
        See :func:`adgan.train`.
    """
    began, course, recipe, labels = time.monotonic(), state.course, state.recipe, state.labels
    seconds = 60 * (recipe.schedule.minutes or 0.0) * recipe.student.share
    if note:
        known = f", {len(labels)} of them with labels" if labels else ""
        note(f"fine-tuning the built-in model on {len(state.read)} images{known}")

    def shown(share: float) -> None:
        spent = time.monotonic() - began
        left = spent * (1 / max(share, 1e-3) - 1)
        if watch:
            watch({**course.curve[-1], "seconds": course.seconds + spent, "left": left})

    with stop_on_interrupt() as stopped:
        taught = tutor(recipe, state.read, labels, seconds, shown, stopped)
    if not taught:
        return
    student, steps = taught
    save_tensors(state.folder / STUDENT, weights_of(student))
    spent = time.monotonic() - began
    state.note(student={"steps": steps, "seconds": spent, "labels": hashes(labels)})
