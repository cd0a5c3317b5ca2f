"""`adgan train`: from images to a run folder and its report page."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from adgan.cli.following import command, reading
from adgan.cli.live import watch_run
from adgan.cli.notes import warn_of
from adgan.cli.options import (
    JSON,
    READ,
    RUN,
    WRITE,
    DeviceOptions,
    PatternOptions,
    RecipeOptions,
    recipe_of,
)
from adgan.cli.page import write_page
from adgan.cli.progress import Meter, duration, watch_training
from adgan.cli.voice import tell, tell_json
from adgan.errors import AdganError


def train(
    images: list[str],
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    resume: Path | None = None,
    labels: Annotated[Path | None, READ] = None,
    json_: Annotated[bool, JSON] = False,
    show: Annotated[bool, WRITE] = False,
    strict: Annotated[bool, RUN] = False,
    work: DeviceOptions = DeviceOptions(),  # noqa: B008
    overwrite: Annotated[bool, RUN] = False,
    patterns: PatternOptions = PatternOptions(),  # noqa: B008
    options: RecipeOptions = RecipeOptions(),  # noqa: B008
) -> None:
    """Train on images without labels, or with a few.

    Examples
    --------
    Ten minutes on a folder, with nucleus sizes estimated from its images:

        $ adgan train images -o run --minutes 10

    With sizes measured by hand, in pixels, and no image crops in the output:

        $ adgan train images -o run --radius 12 20 --count 10 40 --no-pictures

    Resume a training that was stopped:

        $ adgan train images --resume run

    On the four GPUs of this machine, which split every batch:

        $ adgan train images -o run --minutes 60 --devices 4

    Parameters
    ----------
    images
        Folders, files or globs.
    output
        Run folder to create.
    resume
        Run folder of a stopped or killed training to continue, instead of creating one.
    labels
        Folder with label maps for some of the images, with the same file names, for example
        corrected ones; the built-in model is fine-tuned on them.
    json_
        Print the results as JSON and nothing else.
    show
        Draw pictures of the training in the terminal as it proceeds, if it has colours.
    strict
        Stop if any image cannot be used (default: skip it).
    overwrite
        Write into a folder that already contains files.
    """
    if work.devices * work.nodes > 1:
        from adgan.training.ranks import gather, leads

        if not leads(work.device, work.devices, work.nodes):
            with gather(work.device, work.devices, work.nodes):  # works for the first one
                return
    files = patterns.found(images)
    if resume:
        if output or overwrite or strict or options != RecipeOptions():
            raise AdganError(
                f"--resume continues {resume} with its own settings: leave out all options except "
                "--labels, --device, --devices and --nodes"
            )
        run, recipe = resume, None
    elif output:
        run, recipe = output, recipe_of(options, files)
    else:
        raise AdganError("no run folder is given: name one with -o RUN or --resume RUN")
    if show and recipe and not recipe.schedule.pictures:
        raise AdganError("--show draws nothing with --no-pictures: leave one of them out")

    import adgan

    with Meter("training") as meter:
        told, shown = watch_training(meter, run), watch_run(meter, run, show)

        def watch(row: dict[str, float]) -> None:
            told(row)
            shown(row)

        how: dict[str, Any] = {
            "labels": labels, **vars(work), "watch": watch, "note": meter.note,
        }  # fmt: skip
        if recipe:
            model = adgan.train(files, run, recipe, strict=strict, overwrite=overwrite, **how)
        else:
            model = adgan.resume(run, files, **how)
    write_page(run, model, files)
    _say_how_it_ended(run, images, labels, patterns, json_)


def _say_how_it_ended(
    run: Path, images: list[str], labels: Path | None, patterns: PatternOptions, json_: bool
) -> None:
    """Print the result of a training and the suggested next command.

    Raises
    ------
    KeyboardInterrupt
        If the training was stopped before its end.
    """
    from adgan.io import ReadOptions
    from adgan.runs.record import read_run

    about = read_run(run)
    done = f"{about['steps']} steps in {duration(about['seconds'])}"
    more = reading(ReadOptions(**vars(patterns)))
    known = ["--labels", labels] if labels else []
    if not about["finished"]:
        raise KeyboardInterrupt(
            f"stopped after {done}: {run} can be used as it is, "
            f"or resumed with: {command('train', *images, '--resume', run, *known, *more)}"
        )
    warn_of(run)
    verdict = about["verdict"] or {}
    if json_:
        said = {name: about[name] for name in ("steps", "seconds", "finished", "verdict")}
        tell_json({"run": str(run), **said})
        return
    tell(f"See the report page {run / 'report.html'}")
    tell(f"Next: {command('segment', run, *images, '-o', 'OUT', *more)}")
    sure = "quality was not estimated: segment with --confidence"
    if (expected := verdict.get("expected_f1")) is not None:
        names = ", ".join(verdict["look_at"])
        sure = f"expected F1: about {expected:.2f}; check {names} first"
    tell(f"Trained {run}: {done}; {sure}")
