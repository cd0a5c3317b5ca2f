"""Training, read from top to bottom: images in, a run folder out."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np

from adgan.auto.score import Check
from adgan.build import build_batches, build_discriminator, build_generator
from adgan.checkpoint import Model, load
from adgan.claims import claims, hold
from adgan.device import Device
from adgan.errors import AdganError
from adgan.fit import fit_recipe
from adgan.inputs import check_fits, read_inputs, settle
from adgan.io import Image, Sources, claim_output, write_json, write_png
from adgan.plan.training import plan_training
from adgan.recipe import Recipe, read_recipe
from adgan.runs import CHECKS, CURVE, PANELS, RECIPE, RUN, STATE, STUDENT, WEIGHTS
from adgan.runs.record import describe, hashes, read_run, write_start
from adgan.runs.tables import write_rows
from adgan.runs.tensors import save_tensors
from adgan.runs.weights import check_shapes
from adgan.student.store import weights_of
from adgan.training.course import Course
from adgan.training.examine import examine
from adgan.training.follow import follow, rewind
from adgan.training.interrupt import stop_on_interrupt
from adgan.training.looks import Looks
from adgan.training.place import abandon, begin, place_of, settle_in
from adgan.training.ranks import Ranks, check_share, gather
from adgan.training.sight import LOOKS, describe_some, harmonise, look, view
from adgan.training.start import read_course
from adgan.training.trainer import Trainer
from adgan.training.tutoring import Labels, match_labels, tutor

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
    """Train on images, unlabelled or with a few labels, and write a run folder.

    Ctrl-C ends training after the step at hand and leaves a usable run. An older run in the folder
    stays until the new one has weights.

    Parameters
    ----------
    images
        Folder, files or globs, or a list of arrays ``(Z) Y X``.
    output
        The run folder to make.
    recipe
        Settings, see :func:`adgan.presets.make_preset`; when absent the default ones, with sizes
        estimated from the images, see :func:`adgan.fit.fit_recipe`.
    labels
        Folder with label maps of some of the images, named as they are, or for arrays a list with
        a map, or None, for each: the built-in model learns from them, and votes.
    strict
        Whether a single image that cannot be used refuses all; else it is left out.
    device
        ``auto`` takes the best there is.
    devices, nodes
        Devices on each machine, and machines, that share each batch; on the CPU processes. With
        more than one the script is run by a process for each, and those beyond the first end here.
    overwrite
        Whether an existing folder may be written into.
    watch
        Called after every step with a row of the curve: ``step``, ``try``, ``rec``, ``adv``,
        ``ctr``, ``cyc``, ``dis`` (losses), ``rate``, ``seconds`` (training so far) and ``left``
        (seconds still to go, estimated).
    note
        Called with each line that is to be said: what to expect, before the first step, and sizes
        that the scenes came to follow.

    Returns
    -------
    Model
        The trained model, as :func:`adgan.load` gives it.

    Raises
    ------
    AdganError
        If images cannot be read or used, the folder cannot be written, or the devices are not there
        or cannot share a batch evenly.
    """
    started = time.monotonic()
    with gather(device, devices, nodes) as ranks:
        recipe = recipe or fit_recipe(images, note=note)
        check_share(recipe, ranks)
        loaded, left_out = read_inputs(
            images, recipe, recipe.data.spacing, strict=strict, note=note
        )
        recipe = settle(recipe, loaded)
        check_fits(recipe, loaded)
        known = match_labels(labels, loaded) if labels is not None else {}
        # Networks that cannot be made are refused before anything is written.
        build_generator(recipe), build_discriminator(recipe)
        folder = claim_output(output, overwrite, [i.path for i in loaded])
        place = begin(folder)
        try:
            write_start(place, recipe, describe(loaded), hashes(known), left_out)
            return _train(place, recipe, loaded, known, ranks, watch, note, started)
        except Exception:
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
    """Go on with a run that was stopped or killed; a finished one is returned as it is.

    On the same devices and with a length in steps, the losses are those of a run never stopped.

    Parameters
    ----------
    run
        Its folder.
    images
        The images it was started with.
    labels
        The labels it was started with, if it was.
    device, devices, nodes, watch, note
        As for :func:`train`; the devices may be others than those it was started on.

    Raises
    ------
    AdganError
        If the folder is no run or damaged, or the images are not those it was started with.
    """
    started = time.monotonic()
    with gather(device, devices, nodes) as ranks:
        folder = Path(run)
        if folder.is_dir():
            hold(folder)
        folder = place_of(folder)
        about = read_run(folder)
        if about["steps"] and not (folder / STATE).exists():
            raise AdganError(
                f"{folder} cannot go on without its {STATE}: restore it, or train anew"
            )
        recipe = read_recipe(folder / RECIPE)
        check_share(recipe, ranks)
        if (folder / WEIGHTS).exists():
            check_shapes(folder / WEIGHTS, recipe)
        loaded, lost = read_inputs(images, recipe, recipe.data.spacing, without=about["left_out"])
        known = [i["sha256"] for i in about["inputs"]]
        given = [i.sha256 for i in describe(loaded)]
        for image, hashed in zip(loaded, given, strict=True):
            if hashed not in known:
                raise AdganError(
                    f"{image.path} is not among the images that {folder} was started with: "
                    "give the same images, or start a new run"
                )
        if len(given) != len(known) or set(given) != set(known):
            more = f" ({', '.join(lost)} cannot be used any more)" if lost else ""
            raise AdganError(
                f"{folder} was started with {len(known)} images and {len(given)} are given{more}: "
                "give the same images, or start a new run"
            )
        # Batches draw images by number: the order is that of the start.
        order = [loaded[given.index(hashed)] for hashed in known]
        spacings = [i["spacing"] and tuple(i["spacing"]) for i in about["inputs"]]
        loaded = [replace(i, spacing=s) for i, s in zip(order, spacings, strict=True)]
        truth = match_labels(labels, loaded) if labels is not None else {}
        if hashes(truth) != (about["student"] or {"labels": {}})["labels"]:
            raise AdganError(
                f"{folder} was started with other labels: give the same with --labels, or start "
                "a new run"
            )
        return _train(folder, recipe, loaded, truth, ranks, watch, note, started)


def _train(
    folder: Path,
    recipe: Recipe,
    images: Sequence[Image],
    labels: dict[str, np.ndarray],
    ranks: Ranks,
    watch: Watch | None,
    note: Note | None,
    started: float,
) -> Model:
    step = Trainer.saved_step(folder)
    recipe = rewind(folder, recipe, step)
    given = images
    images, handling = harmonise(recipe, images)
    write_json(folder / RUN, read_run(folder) | handling)
    seen, windows = view(recipe, images)
    learns = bool(labels) or recipe.student.unlabelled
    course = read_course(folder, recipe.for_gan() if learns else recipe.schedule, step)
    before = course.seconds
    if note and not course.curve:
        for line in describe_some(recipe, images):
            note(line)
        note(str(plan_training(recipe, seen, windows, len(LOOKS[recipe.data.rank]), ranks)))
    begun, looks = False, Looks(folder, [] if course.finished else course.checks)
    pictures = recipe.schedule.pictures
    if pictures:
        (folder / PANELS).mkdir(exist_ok=True)

    with stop_on_interrupt() as stopped:
        while not (course.finished or stopped()):
            if not begun or course.over:
                if course.over:
                    course.next_try()
                mine = recipe.for_try(course.attempt)
                ranks.begin(mine, build_batches(mine, seen))
                if course.step:
                    ranks.restore(folder)
                begun = True
            rate = course.rate
            losses, passes = ranks.step(course.step, rate)
            step += 1
            row = {"step": step, "try": course.attempt, **losses, "rate": rate}
            course.curve.append({**row, "seconds": before + time.monotonic() - started})
            if course.broke and note:
                note(f"step {step} left no numbers to go on from: this try ends here")
            if course.due:
                check, masks = look(recipe, ranks.trainer.generator, windows)
                if recipe.scene.refine and check.sane and not course.over:
                    recipe, line = follow(folder, recipe, ranks.trainer.generator, images, step)
                    seen, windows = view(recipe, images)
                    ranks.draw_from(build_batches(recipe.for_try(course.attempt), seen))
                    check, masks = look(recipe, ranks.trainer.generator, windows)
                    if note:
                        note(line)
                row = {"step": step, "try": course.attempt, "score": check.score, "consensus": 0.0}
                course.checks.append(row | asdict(check))
                looks.add(course, ranks.trainer, masks if check.sane else None)
            if step % recipe.schedule.picture_every == 0 or course.over:
                if pictures:
                    write_png(folder / PANELS / f"step_{step:06d}.png", passes.panel())
                save(folder, course, ranks.trainer)
                folder = settle_in(folder)
                looks.move(folder)
            if watch:
                left = course.seconds * (1 / max(course.share, 1e-3) - 1)
                watch({**course.curve[-1], "left": left})
    ranks.end()
    if begun:
        save(folder, course, ranks.trainer)
        folder = settle_in(folder)
        looks.move(folder)
    if course.finished:
        looks.close(recipe.schedule.keep)
        if learns and not (folder / STUDENT).exists():
            _teach(folder, recipe, given, labels, course, watch, note)
    about = {"steps": step, "seconds": course.seconds, "finished": course.finished}
    write_json(folder / RUN, read_run(folder) | about)
    model = load(folder)
    if begun:
        chosen = course.chosen
        best = Check(*(chosen[field.name] for field in fields(Check))) if course.checks else None
        verdict = examine(model, images, best, course.steps_until(chosen))
        write_json(folder / RUN, read_run(folder) | {"verdict": asdict(verdict)})
    return model


def _teach(
    folder: Path,
    recipe: Recipe,
    images: Sequence[Image],
    labels: dict[str, np.ndarray],
    course: Course,
    watch: Watch | None,
    note: Note | None,
) -> None:
    """Let the built-in model learn from the images, and write the student's weights."""
    began, schedule = time.monotonic(), recipe.schedule
    seconds = 60 * (schedule.minutes or 0.0) * recipe.student.share
    if note:
        known = f", {len(labels)} of them with labels" if labels else ""
        note(f"the built-in model learns from {len(images)} images{known}")

    def shown(share: float) -> None:
        spent = time.monotonic() - began
        left = spent * (1 / max(share, 1e-3) - 1)
        if watch:
            watch({**course.curve[-1], "seconds": course.seconds + spent, "left": left})

    with stop_on_interrupt() as stopped:
        taught = tutor(recipe, images, labels, seconds, shown, stopped)
    if not taught:
        return
    student, steps = taught
    save_tensors(folder / STUDENT, weights_of(student))
    about = {"steps": steps, "seconds": time.monotonic() - began, "labels": hashes(labels)}
    write_json(folder / RUN, read_run(folder) | {"student": about})


def save(folder: Path, course: Course, trainer: Trainer) -> None:
    """Write what resuming needs; the latest weights too as long as none were chosen."""
    write_rows(folder / CURVE, course.curve)
    write_rows(folder / CHECKS, course.checks)
    if not course.checks:
        trainer.save_weights(folder / WEIGHTS)
    trainer.save(folder, len(course.curve))
