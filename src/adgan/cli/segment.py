"""`adgan segment`: from images to one label map per image, with or without a trained run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from adgan.cli.following import command, reading
from adgan.cli.notes import left_out, warn_of
from adgan.cli.options import JSON, READ, RUN, FileOptions
from adgan.cli.progress import Meter, watch_share
from adgan.cli.ranges import CHANNEL
from adgan.cli.segment_options import ResultOptions, WorkOptions
from adgan.cli.voice import tell, tell_json
from adgan.system.heap import few_kernels
from adgan.system.text import count_of

if TYPE_CHECKING:
    from adgan.io import ReadOptions
    from adgan.segmentation.result import Segmented


def segment(
    images: list[str],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    results: ResultOptions = ResultOptions(),  # noqa: B008
    channel: Annotated[int | None, CHANNEL, READ] = None,
    files: FileOptions = FileOptions(),  # noqa: B008
    json_: Annotated[bool, JSON] = False,
    work: WorkOptions = WorkOptions(),  # noqa: B008
    strict: Annotated[bool, RUN] = False,
    overwrite: Annotated[bool, RUN] = False,
) -> int:
    """Segment images with a trained run, if one is named first, or with the built-in model.

    Run the same command again to complete missing images. Images that cannot be used are
    skipped, and the exit code is then 3.

    Examples
    --------
    A folder, with the built-in model, a table per image, and confidence scores:

        $ adgan segment images -o labels --table --confidence

    With a trained run, and outlines for ImageJ and QuPath:

        $ adgan segment run images -o labels --rois

    The third channel of all images, as the first of four jobs:

        $ adgan segment images -o labels --channel 2 --part 1/4

    Parameters
    ----------
    images
        Folders, files or globs. Name a run folder from `adgan train` before them to segment with
        that run; without one, the built-in model is used.
    output
        Output folder: one label map per image (TIFF), with the image's name and size.
    channel
        Nuclear channel, counted from 0 (default: that of the training).
    json_
        Print the result for each image as JSON and nothing else.
    strict
        Read all images first, and stop if any cannot be used.
    overwrite
        Start over in a folder that already contains files.
    """
    import adgan

    run, images = _run_of(images)
    work.check(run)
    few_kernels()
    with Meter("segmenting") as meter:
        found = adgan.segment(
            adgan.built_in(work.engine, work.precision) if run is None else run,
            images,
            output,
            options=results.wanted(),
            read=files.read(channel),
            part=work.part,
            workers=work.scheduler or work.workers,
            device=work.device,
            strict=strict,
            overwrite=overwrite,
            progress=watch_share(meter),
            note=meter.note,
        )
    if run:
        warn_of(run)
    if json_:
        tell_json({"output": str(output), "images": [_row(one) for one in found]})
    else:
        done = [one for one in found if not one.skipped]
        maps = count_of(len(done), "label map")
        nuclei = count_of(sum(one.count for one in done), "nucleus")
        if results.store != "source":
            tell(_next(run, images, output, files.read(channel)))
        tell(f"Wrote {maps} with {nuclei} to {output}; {_sure(done, run, output)}")
    return left_out(found, output / "manifest.jsonl")


def _next(run: Path | None, images: list[str], output: Path, read: "ReadOptions") -> str:
    """Return the suggested next commands; a run's images are read as in training by default."""
    from adgan.recipe.recipe import read_recipe
    from adgan.runs import RECIPE
    from adgan.survey.inputs import options_of

    if run:
        read = read.over(options_of(read_recipe(run / RECIPE).data))
    measuring = command("measure", output, *images, "-o", "TABLE.csv", *reading(read))
    return f"Next: {measuring}, or {command('evaluate', output, 'TRUTH')}"


def _row(one: "Segmented") -> dict[str, object]:
    """Return the result of one image in a form that JSON can represent."""
    path = str(one.path) if one.path else None
    return {
        "name": one.name,
        "nuclei": None if one.skipped else one.count,
        "path": path,
        "expected_f1": one.expected,
        "reason": one.reason,
    }


def _sure(done: "Sequence[Segmented]", run: Path | None, output: Path) -> str:
    """Return the expected F1 from the confidence of the images, or otherwise from the training."""
    from adgan.runs.record import read_run

    if judged := {one.name: one.expected for one in done if one.expected is not None}:
        name = min(judged, key=lambda name: judged[name])
        return (
            f"expected F1: {sum(judged.values()) / len(judged):.2f} on average, lowest for {name} "
            f"({judged[name]:.2f}): see {output / 'confidence' / 'report.html'}"
        )
    verdict = (read_run(run)["verdict"] or {}) if run else {}
    if verdict.get("expected_f1") is not None:
        return f"expected F1 according to the training: about {verdict['expected_f1']:.2f}"
    return "confidence was not estimated: add --confidence"


def _run_of(given: list[str]) -> tuple[Path | None, list[str]]:
    """Return the run folder, if the first argument is one, and the images."""
    from adgan.errors import AdganError
    from adgan.runs import RECIPE, RUN

    first = Path(given[0])
    if not ((first / RUN).is_file() or (first / RECIPE).is_file()):
        if len(given) > 1 and first.exists() and not (first.is_dir() or first.is_file()):
            raise AdganError(f"{first} is neither a run folder nor an image: name one of these")
        return None, given
    if len(given) == 1:
        raise AdganError(f"{first} is a run folder: name the images to segment after it")
    return first, given[1:]
