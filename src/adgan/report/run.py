"""The report page of a run: its settings, training and results."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from markupsafe import Markup
from numpy.typing import NDArray

from adgan import metrics
from adgan.metrics.evaluate import Evaluation
from adgan.report.colours import colour_labels
from adgan.report.curves import line_chart
from adgan.report.evaluation import scores_section
from adgan.report.mistakes import compare, mistakes_legend
from adgan.report.overlay import overlay
from adgan.report.page import Chart, Figure, Picture, Section, Table, Value, write_page
from adgan.report.pictures import (
    display_shape,
    pixel_sides,
    planes,
    resize,
    resize_labels,
    show,
)
from adgan.report.volumes import from_above

PANEL_SIDE_MAX_PIXELS = 1200  # longer side of the panel of training pictures
TERMS = {
    "rec": "reconstruction",
    "cyc": "cycle",
    "ctr": "content",
    "adv": "generator",
    "dis": "discriminator",
    "rate": "learning rate",
    "score": "score",
    "agreement": "agreement of rotated views",
    "correlation": "correlation with the image",
    "consensus": "agreement with other checks",
}
"""Names of the recorded values of a training."""
CHARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Reconstruction, cycle and content losses", "loss, unweighted", ("rec", "cyc", "ctr")),
    ("Generator against discriminator", "adversarial loss", ("adv", "dis")),
    ("Learning rate", "rate", ("rate",)),
)
"""Title, vertical axis and values of each chart."""


@dataclass(frozen=True)
class Sample:
    """One segmented image.

    Parameters
    ----------
    name
        Name of the image.
    image
        Intensities, ``(Z) Y X``.
    labels
        Its label map, of the same shape.
    mask
        Output of the network, of the same shape, or None.
    truth
        Ground-truth label map, or None.
    spacing
        Pixel size per axis, or None.
    """

    name: str
    image: NDArray[Any]
    labels: NDArray[np.integer]
    mask: NDArray[Any] | None = None
    truth: NDArray[np.integer] | None = None
    spacing: tuple[float, ...] | None = None


def run_page(
    path: str | Path,
    title: str,
    facts: Mapping[str, Value],
    recipe: Mapping[str, object] | None = None,
    curve: Sequence[Mapping[str, float]] = (),
    checks: Sequence[Mapping[str, float]] = (),
    panel: Path | None = None,
    samples: Sequence[Sample] = (),
    evaluation: Evaluation | None = None,
    subtitle: str = "",
    panel_text: str = "",
    refresh: int = 0,
) -> None:
    """Write the report page of a training, a segmentation or the demonstration.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    title, subtitle
        Heading of the page, and the line under it.
    facts
        Facts about the run: versions, device, time, number of images.
    recipe
        All settings; nested ones are shown as ``outer.inner``.
    curve, checks
        Rows of the training, see :func:`training_charts`.
    panel
        An image file with training pictures side by side.
    panel_text
        Explanation of its rows and columns.
    samples
        Images to show; those with ground truth are shown with their mistakes, too.
    evaluation
        Scores, if there is ground truth.
    refresh
        Time after which a browser reloads the page of a run in progress, in seconds; 0 for never.
    """
    sections = [Section("Results", figures=_gallery(samples))] if samples else []
    if evaluation is not None:
        sections.insert(0, scores_section(evaluation))
        sections += _mistakes_sections(samples, evaluation)
    if charts := training_charts(curve, checks):
        drawn = tuple(Chart(name, svg) for name, svg in charts.items())
        sections.append(Section("Training curves", charts=drawn))
    if panel is not None:
        picture = Figure("Training", (Picture(_panel(panel)),))
        text = (panel_text,) if panel_text else ()
        sections.append(Section("Network output", text=text, figures=(picture,)))
    tables = [Table([{"fact": name, "value": _word(value)} for name, value in facts.items()])]
    if recipe:
        settings = [{"setting": name, "value": _word(value)} for name, value in _flat(recipe)]
        tables.append(Table(settings))
    sections.append(Section("Facts and settings", tables=tuple(tables)))
    write_page(path, title, sections, subtitle, refresh)


def training_charts(
    rows: Sequence[Mapping[str, float]], checks: Sequence[Mapping[str, float]] = ()
) -> dict[str, Markup]:
    """Draw the curves of a training: losses, learning rate, and scores without labels.

    Parameters
    ----------
    rows
        One per recorded step: ``step`` and any of ``rec``, ``cyc``, ``ctr`` (Eq. 1, 4 and 3 of
        the paper), ``adv`` (Eq. 2), ``dis`` and ``rate``. Curves without values are omitted.
    checks
        One per validation check: ``step``, ``score``, ``agreement``, ``correlation``,
        ``consensus``.

    Returns
    -------
    dict
        SVG by title.
    """
    charts = {}
    for title, y_label, terms in CHARTS:
        lines = {TERMS[term]: _column(rows, term) for term in terms if _has(rows, term)}
        if lines:
            charts[title] = line_chart(lines, "step", y_label, smooth="rate" not in terms)
    if len(checks) > 1:
        terms = ("score", "agreement", "correlation", "consensus")
        lines = {TERMS[term]: _column(checks, term) for term in terms if _has(checks, term)}
        charts["Mask scores without labels"] = line_chart(lines, "step", "score", smooth=False)
    return charts


def _has(rows: Sequence[Mapping[str, float]], term: str) -> bool:
    return any(math.isfinite(row.get(term, math.nan)) for row in rows)


def _column(rows: Sequence[Mapping[str, float]], term: str) -> tuple[list[float], list[float]]:
    having = [row for row in rows if term in row]
    return [row["step"] for row in having], [row[term] for row in having]


def _gallery(samples: Sequence[Sample]) -> tuple[Figure, ...]:
    """Show every plane of the samples, and first the projection of a volume along Z."""
    figures: list[Figure] = []
    for sample in samples:
        count = {"nuclei": int(np.count_nonzero(np.unique(sample.labels)))}
        sides = pixel_sides(sample.spacing, sample.image.ndim)
        if sample.image.ndim == 3:
            flat, above = sample.image.max(axis=0), from_above(sample.image, sample.labels)
            pictures = _pictures("maximum along Z", flat, above, sides[0])
            figures.append(Figure(sample.name, pictures, count))
        labels = planes(sample.labels)
        masks = {} if sample.mask is None else planes(sample.mask)
        for (plane, flat), pixel in zip(planes(sample.image).items(), sides, strict=True):
            name = f"{sample.name}, {plane}" if plane else sample.name
            pictures = _pictures("image", flat, labels[plane], pixel, masks.get(plane))
            figures.append(Figure(name, pictures, {} if plane else count))
    return tuple(figures)


def _pictures(
    label: str,
    flat: NDArray[Any],
    labels: NDArray[np.integer],
    pixel: tuple[float, float],
    mask: NDArray[Any] | None = None,
) -> tuple[Picture, ...]:
    """Show a plane beside the mask, if there is one, and the labels in it."""
    gray = show(flat, pixel)
    small = resize_labels(labels, gray.shape)
    masks = [] if mask is None else [Picture(_linear(mask, gray.shape), "mask")]
    return (
        Picture(gray, label),
        *masks,
        Picture(colour_labels(small), "nuclei"),
        Picture(overlay(gray, small), "outlines"),
    )


def _mistakes_sections(samples: Sequence[Sample], evaluation: Evaluation) -> list[Section]:
    figures: list[Figure] = []
    for sample in samples:
        if sample.truth is None:
            continue
        border = evaluation.ignore_border
        objects, field = metrics.tables(sample.labels, sample.truth, border)
        numbers = {
            "F1": metrics.f1(objects, evaluation.iou),
            "DICE": metrics.dice(field),
            "SEG": metrics.seg(objects),
        }
        figures += compare(
            sample.name, sample.labels, sample.truth,
            metrics.find_mistakes(objects, evaluation.iou),
            sample.image, sample.spacing, border, numbers,
        )  # fmt: skip
    if not figures:
        return []
    text = (
        "The numbers in the legend are for all scored images. Colours of ground truth and "
        "prediction only distinguish neighbours."
    )
    legend = mistakes_legend(evaluation.counts)
    return [Section("Mistakes", text=(text,), legend=legend, figures=tuple(figures))]


def _linear(plane: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Show a mask linearly from its lowest to its highest value."""
    values = plane.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    gray = np.rint(255 * (values - low) / ((high - low) or 1)).astype(np.uint8)
    return resize(gray, shape)


def _panel(path: Path) -> NDArray[np.uint8]:
    with PIL.Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return resize(pixels, display_shape(pixels.shape[:2], largest=PANEL_SIDE_MAX_PIXELS))


def _flat(settings: Mapping[str, object], before: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{before}{name}.")
        else:
            rows.append((before + name, value))
    return rows


def _word(value: object) -> str:
    """Return a setting as text, since its column mixes text and numbers of all sizes."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value)
    return str(value)
