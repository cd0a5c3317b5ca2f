"""Training, from images to a run folder; the code is in the order of execution."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from adgan.io import Sources, claim_output
from adgan.models.build import build_discriminator, build_generator
from adgan.recipe.recipe import Recipe
from adgan.runs import STUDENT
from adgan.runs.checkpoint import Model, load
from adgan.runs.log import write_start
from adgan.runs.record import describe, hashes
from adgan.survey.fit import fit_recipe
from adgan.survey.inputs import check_fits, read_inputs, settle, survey_inputs
from adgan.system.claims import claims, hold
from adgan.system.device import Device
from adgan.training.examine import examine
from adgan.training.images import check_windows, describe_some
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.place import abandon, begin, place_of
from adgan.training.plan import plan_training
from adgan.training.ranks import Ranks, check_share, gather
from adgan.training.reopen import reopen
from adgan.training.state import RunState
from adgan.training.tutoring import Labels, match_labels, teach_student

Watch = Callable[[dict[str, float]], None]
Note = Callable[[str], None]


@claims()
def train(
    images: Sources,
    output: str | os.PathLike[str],
    recipe: Recipe | None = None,
    *,
    labels: Labels | None = None,
    strict: bool = False,
    device: Device = "auto",
    devices: int = 1,
    nodes: int = 1,
    overwrite: bool = False,
    watch: Watch | None = None,
    note: Note | None = None,
) -> Model:
    """Train on images, without labels or with a few, and write a run folder.

    Ctrl-C ends training after the current step and leaves a usable run. An older run in the folder
    is kept until the new one has weights.

    Parameters
    ----------
    images
        Folder, files or globs, or a list of arrays ``(Z) Y X``.
    output
        Run folder to create.
    recipe
        Settings, see :func:`adgan.recipe.presets.make_preset`; by default those of the fast preset,
        with sizes estimated from the images, see :func:`adgan.survey.fit.fit_recipe`.
    labels
        Folder with label maps for some of the images, with the same names, or for arrays a list
        with a label map or None for each. The built-in model is fine-tuned on them, and votes.
    strict
        Raise an error if any image cannot be used; by default it is left out.
    device
        Device to compute on; ``auto`` uses the fastest available.
    devices, nodes
        Devices per machine, and machines, that split each batch; on the CPU, processes. With
        more than one, each process runs the whole script, and all but the first end here.
    overwrite
        Write into a folder that already contains files.
    watch
        Called after every step with a row of the curve: ``step``, ``restart``, ``rec``, ``adv``,
        ``ctr``, ``cyc``, ``dis`` (losses), ``rate``, ``seconds`` (training so far) and ``left``
        (estimated seconds left).
    note
        Called with each message: expected time and memory before the first step, and updated
        sizes of the scenes.

    Returns
    -------
    Model
        The trained model, as returned by :func:`adgan.load`.

    Raises
    ------
    AdganError
        If images cannot be read or used, the folder cannot be written, or the devices are not
        available or cannot share a batch evenly.
    """
    started = time.monotonic()
    with gather(device, devices, nodes) as ranks:
        recipe = recipe or fit_recipe(images, note=note)
        check_share(recipe, ranks)
        loaded, left_out = read_inputs(images, recipe, strict=strict, note=note)
        survey = survey_inputs(loaded, 2 * recipe.disc_radius)
        recipe = settle(recipe, loaded, survey)
        check_fits(recipe, loaded)
        known = match_labels(labels, loaded) if labels is not None else {}
        # Impossible networks are refused before anything is written.
        build_generator(recipe), build_discriminator(recipe)
        folder = claim_output(output, overwrite, [i.path for i in loaded])
        place = begin(folder)
        try:
            past = write_start(place, recipe, describe(loaded), hashes(known), left_out)
            state = RunState(place, past, loaded, survey, known, started)
            return _train(state, ranks, watch, note)
        except Exception:
            # After any error, a run without saved state is useless and is removed. A run that was
            # interrupted or killed stays, as it can be resumed.
            abandon(place)
            raise


@claims()
def resume(
    run: str | os.PathLike[str],
    images: Sources,
    *,
    labels: Labels | None = None,
    device: Device = "auto",
    devices: int = 1,
    nodes: int = 1,
    watch: Watch | None = None,
    note: Note | None = None,
) -> Model:
    """Continue a run that was stopped or killed; a finished one is returned as it is.

    On the same devices and with a length in steps, the losses equal those of an uninterrupted run.

    Parameters
    ----------
    run
        Run folder.
    images
        The images with which it was started.
    labels
        The labels with which it was started, if any.
    device, devices, nodes, watch, note
        As for :func:`train`; the devices may differ from those on which it was started.

    Raises
    ------
    AdganError
        If the folder is not a run or is damaged, or the images are not those with which it was
        started.
    """
    started = time.monotonic()
    with gather(device, devices, nodes) as ranks:
        folder = Path(run)
        if folder.is_dir():
            hold(folder)
        folder = place_of(folder)
        past, loaded, known = reopen(folder, images, labels)
        check_share(past.recipe, ranks)
        survey = survey_inputs(loaded, 2 * past.recipe.disc_radius)
        state = RunState(folder, past, loaded, survey, known, started)
        return _train(state, ranks, watch, note)


def _train(state: RunState, ranks: Ranks, watch: Watch | None, note: Note | None) -> Model:
    """Train from the current state of a run until it is finished or stopped."""
    course, schedule, begun = state.course, state.recipe.schedule, False
    if note and not course.curve:
        for line in describe_some(state.recipe, state.images):
            note(line)
        note(str(plan_training(state.recipe, state.seen, state.windows, ranks)))
    with stop_on_interrupt() as stopped:
        while not (course.finished or stopped()):
            if not begun or course.over:
                state.begin(ranks)
                trainer, begun = ranks.trainer, True
            rate = course.rate
            losses, passes = ranks.step(course.step, rate)
            state.add_step(losses, rate)
            if course.broke and note:
                note(f"step {state.step} produced NaN or infinity: this restart ends here")
            if course.due and not course.broke:
                check, masks = check_windows(state.recipe, trainer.generator, state.windows)
                if (
                    state.recipe.scene.refine
                    and check.sane(state.recipe.quality.check)
                    and not course.over
                ):
                    line = state.follow(trainer.generator, ranks)
                    check, masks = check_windows(state.recipe, trainer.generator, state.windows)
                    if note:
                        note(line)
                state.add_check(check, masks, trainer)
            if state.step % schedule.picture_every == 0 or course.over:
                state.draw(passes)
                state.save(trainer)
            if watch:
                watch(state.row)
    ranks.end()
    if begun:
        state.save(trainer)
    if course.finished:
        state.kept_weights.close(schedule.keep)
        if state.learns and not (state.folder / STUDENT).exists():
            teach_student(state, watch, note)
    state.note(steps=state.step, seconds=course.seconds, finished=course.finished)
    model = load(state.folder)
    if begun or not state.judged:
        steps = course.steps_until(course.chosen)
        verdict = examine(model, state.images, state.survey, state.best, steps)
        state.note(verdict=asdict(verdict))
        model = replace(model, agreement=verdict.agreement)
    return model
