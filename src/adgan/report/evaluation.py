"""The evaluation report: all scores, then the worst images with their mistakes drawn."""

from collections.abc import Mapping
from pathlib import Path

from adgan.errors import AdganError
from adgan.io import read_images, read_labels
from adgan.metrics.evaluate import Evaluation, ImageEvaluation
from adgan.report.curves import line_chart
from adgan.report.mistakes import compare, mistakes_legend
from adgan.report.page import LISTED, Chart, Figure, Section, Table, Value, write_page
from adgan.system.text import count_of

SHOWN_IMAGES = 12
"""Number of images shown, starting with the lowest F1, then DICE."""
NAMES = {
    "dice": "DICE, pixels",
    "pixel_precision": "precision, pixels",
    "pixel_recall": "recall, pixels",
    "f1": "F1, objects",
    "precision": "precision, objects",
    "recall": "recall, objects",
    "ap": "AP, objects",
    "mean_matched_iou": "IoU of matched objects",
    "pq": "panoptic quality",
    "mean_f1": "F1, mean over IoU .5 to .95",
    "mean_ap": "AP, mean over IoU .5 to .95",
    "aji": "AJI",
    "seg": "SEG",
    "det": "DET",
    "op_csb": "OP = (SEG + DET) / 2",
}
SHORT = {
    "dice": "DICE", "f1": "F1", "precision": "precision", "recall": "recall", "mean_ap": "mean AP",
    "aji": "AJI", "seg": "SEG", "det": "DET", "op_csb": "OP",
}  # fmt: skip
COUNTS = ("true", "predicted", "missed", "false", "merged", "split")


def evaluation_page(
    path: str | Path,
    evaluation: Evaluation,
    images: Mapping[str, Path] | None = None,
) -> None:
    """Write the evaluation report.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    evaluation
        What `adgan.metrics.evaluate.evaluate` returned.
    images
        File of the microscope image by its name in the evaluation. Mistakes are drawn on it, or
        without it on the true nuclei in dark gray.

    Raises
    ------
    AdganError
        If a file cannot be read, the shape of an image differs from that of its label maps, or the
        page cannot be written.
    """
    chosen = sorted(evaluation.images, key=lambda i: (i.scores["f1"], i.scores["dice"]))[
        :SHOWN_IMAGES
    ]
    figures: list[Figure] = []
    for row in chosen:
        figures += _figures(row, (images or {}).get(row.name), evaluation.ignore_border)
    sections = [
        scores_section(evaluation),
        Section(
            "Worst images first",
            text=(
                f"{len(chosen)} of {len(evaluation.images)} images, sorted by F1, then DICE. "
                "The numbers in the legend are for all images. Colours of ground truth and "
                "prediction only distinguish neighbours.",
            ),
            legend=mistakes_legend(evaluation.counts),
            figures=tuple(figures),
        ),
        Section(
            "Every image" if len(evaluation.images) <= LISTED else f"The {LISTED} worst images",
            tables=(_image_table(evaluation),),
        ),
    ]
    count = len(evaluation.images)
    write_page(path, "Evaluation", sections, count_of(count, "image"))


def scores_section(evaluation: Evaluation) -> Section:
    """Return the scores of a set as a section for any page.

    Parameters
    ----------
    evaluation
        What `adgan.metrics.evaluate.evaluate` returned.
    """
    border = evaluation.ignore_border
    text = f"Objects match at an IoU above {evaluation.iou:g}. " + (
        f"A band of {border} px along the image border was left out." if border else ""
    )
    rows: list[dict[str, Value]] = [
        {
            "score": NAMES.get(name, name),
            "mean": mean,
            "pooled": evaluation.pooled[name],
            "lowest": min(image.scores[name] for image in evaluation.images),
            "highest": max(image.scores[name] for image in evaluation.images),
        }
        for name, mean in evaluation.mean.items()
    ]
    iou = evaluation.curve["iou"]
    curve = line_chart(
        {"F1": (iou, evaluation.curve["f1"]), "AP": (iou, evaluation.curve["ap"])},
        "IoU that a match must exceed",
        "score of all objects",
    )
    return Section(
        "Scores",
        text=(text, *evaluation.notes),
        numbers={
            "DICE, mean": evaluation.mean["dice"],
            "F1, mean": evaluation.mean["f1"],
            "SEG, mean": evaluation.mean["seg"],
            "true nuclei": evaluation.counts["true"],
            "predicted": evaluation.counts["predicted"],
        },
        tables=(Table(rows, {"mean": "mean of images", "pooled": "all pooled"}),),
        charts=(Chart("Scores by IoU threshold", curve),),
    )


def _figures(row: ImageEvaluation, image: Path | None, ignore_border: int) -> tuple[Figure, ...]:
    if row.predicted is None or row.truth is None:
        raise AdganError(
            f"{row.name} was evaluated as an array and cannot be shown: evaluate files"
        )
    predicted, truth = read_labels(row.predicted), read_labels(row.truth)
    pixels = None if image is None else read_images(image)[0].pixels
    if pixels is not None and pixels.shape != truth.shape:
        raise AdganError(
            f"the image of {row.name} has the shape {pixels.shape}, but its label map has "
            f"{truth.shape}: pass the image that was segmented"
        )
    numbers = {SHORT[score]: row.scores[score] for score in ("f1", "dice", "seg")}
    wrong = {kind: row.counts[kind] for kind in COUNTS[2:]}
    return compare(
        row.name, predicted.pixels, truth.pixels, row.mistakes, pixels,
        truth.spacing or predicted.spacing, ignore_border, {**numbers, **wrong},
    )  # fmt: skip


def _image_table(evaluation: Evaluation) -> Table:
    images = evaluation.images
    if len(images) > LISTED:
        images = tuple(sorted(images, key=lambda image: image.scores["f1"])[:LISTED])
    rows: list[dict[str, Value]] = [
        {
            "name": image.name,
            **{short: image.scores[score] for score, short in SHORT.items()},
            **{count: image.counts[count] for count in COUNTS},
        }
        for image in images
    ]
    return Table(rows, {"name": "image"}, long=True)
