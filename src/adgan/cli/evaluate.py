"""`adgan evaluate`: score label maps against the ground truth, as a table, JSON and a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adgan.cli.options import JSON, RUN, WRITE
from adgan.cli.progress import Meter, watch_share
from adgan.cli.ranges import BAND
from adgan.cli.voice import say, show, tell, tell_json, warn
from adgan.errors import AdganError

if TYPE_CHECKING:
    from adgan.metrics.evaluate import Evaluation


def evaluate(
    predicted: Path,
    truth: Path,
    /,
    *,
    ignore_border: Annotated[int, BAND] = 0,
    json_: Annotated[bool, JSON] = False,
    html: Annotated[Path | None, WRITE] = None,
    images: Annotated[Path | None, WRITE] = None,
    overwrite: Annotated[bool, RUN] = False,
) -> None:
    """Score label maps against the ground truth, paired by name.

    Examples
    --------
    A report page that shows the worst images and their mistakes:

        $ adgan evaluate labels truth --html scores.html --images images

    Scores as JSON, for other programs:

        $ adgan evaluate labels truth --json

    Parameters
    ----------
    predicted
        Folder, file or glob of label maps.
    truth
        Folder, file or glob of ground-truth label maps.
    ignore_border
        Width of the band along the image border to leave out, in pixels (default 0).
    json_
        Print all scores as JSON and nothing else.
    html
        Also write a report page to this file, with the mistakes drawn.
    images
        Folder of the microscope images on which the report page draws the mistakes.
    overwrite
        Replace an existing page.
    """
    if images and not html:
        raise AdganError("--images is only for the report page: give --html FILE, too")

    import adgan
    from adgan.io import claim_files, find_images, find_named

    seen = find_named(images) if images else []
    read = [*find_images(predicted), *find_images(truth), *(one.path for one in seen)]
    claim_files([html], overwrite, read)
    with Meter("evaluating") as meter:
        watch = None if json_ else watch_share(meter)
        scored = adgan.evaluate(predicted, truth, ignore_border=ignore_border, progress=watch)
    if html:
        from adgan.report import evaluation_page

        known = {one.name: one.path for one in seen} or None
        evaluation_page(html, scored, images=known)
    if json_:
        tell_json(scored.to_dict())
        return
    print_scores(scored)
    for note in scored.notes:
        say(f"note: {note}")
    counts = scored.counts
    if counts["true"] and counts["predicted"] and not counts["matched"]:
        warn(
            "no nucleus matches: are both of them label maps, and of the same images? "
            "Microscope images are not label maps"
        )
    if html:
        tell(f"The worst images and their mistakes are shown in {html}")
    mean, worst = scored.mean["f1"], min(scored.images, key=lambda one: one.scores["f1"])
    tell(
        f"F1 {mean:.3f} on average over {len(scored.images)} images, lowest for {worst.name} "
        f"({worst.scores['f1']:.3f})"
    )


def print_scores(scored: "Evaluation") -> None:
    """Print the main scores of every image, then every score of the whole set.

    Parameters
    ----------
    scored
        The result of `adgan.evaluate`.
    """
    from rich.table import Table

    from adgan.report.evaluation import NAMES, SHORT
    from adgan.report.page import format_number

    each = Table("image", title=f"Objects match at an IoU above {scored.iou:g}")
    for head in (*SHORT.values(), "true", "found"):
        each.add_column(head, justify="right", no_wrap=True)
    for image in scored.images:
        numbers = [format_number(image.scores[name]) for name in SHORT]
        counts = [str(image.counts[name]) for name in ("true", "predicted")]
        each.add_row(image.name, *numbers, *counts)
    whole = Table("score", title="All images")
    for head in ("mean of images", "all pooled"):
        whole.add_column(head, justify="right")
    for name, mean in scored.mean.items():
        pooled = scored.pooled[name]
        whole.add_row(NAMES.get(name, name), format_number(mean), format_number(pooled))
    show(each, whole)
    tell(", ".join(f"{count} {name}" for name, count in scored.counts.items()))
