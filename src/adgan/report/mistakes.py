"""Mistakes of one image: missed, false, merged and split nuclei, beside truth and prediction."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan.metrics import Mistakes
from adgan.report.colours import OKABE_ITO, Colour, colour_labels, css
from adgan.report.overlay import contours, edges, thin, to_rgb
from adgan.report.page import Figure, Legend, Picture, Value
from adgan.report.pictures import display_shape, pixel_sides, planes, resize_labels, show
from adgan.report.volumes import from_above

ABOVE = "maximum along Z"
NUCLEUS_GRAY = 70  # of the true nuclei if there is no image to draw on
IMAGE_BRIGHTNESS = 0.6  # dims the image so that lines stand out on bright nuclei
CORRECT: Colour = (180, 180, 180)
COLOURS: dict[str, Colour] = {
    "missed": OKABE_ITO["vermillion"],
    "false": OKABE_ITO["sky"],
    "merged": OKABE_ITO["yellow"],
    "split": OKABE_ITO["purple"],
}
MEANING = {
    "missed": "no prediction matches this true nucleus (true outline)",
    "false": "no true nucleus matches this prediction (predicted outline)",
    "merged": "one prediction covers several nuclei (thick outline; thin: these nuclei)",
    "split": "several predictions are in one nucleus (thick outline; thin: these predictions)",
}


def compare(
    name: str,
    predicted: NDArray[np.integer],
    truth: NDArray[np.integer],
    mistakes: Mistakes,
    image: NDArray[Any] | None = None,
    spacing: tuple[float, ...] | None = None,
    ignore_border: int = 0,
    numbers: Mapping[str, Value] | None = None,
) -> tuple[Figure, ...]:
    """Show ground truth, prediction and mistakes; a volume as projection and three sections.

    Parameters
    ----------
    name
        Name of the image.
    predicted, truth
        Label maps, ``(Z) Y X``.
    mistakes
        Their mistakes, from `adgan.metrics.find_mistakes`.
    image
        Intensities of the same shape to draw on, or None.
    spacing
        Pixel size per axis, or None.
    ignore_border
        Width of the band along the Y and X borders that was not scored, in pixels.
    numbers
        Values for the caption.

    Returns
    -------
    tuple of Figure
        One for an image, four for a volume.
    """
    drawn = np.where(truth, NUCLEUS_GRAY, 0).astype(np.uint8) if image is None else image
    ignored_band = _band(truth, ignore_border)
    flat, band, sides = planes(drawn), planes(ignored_band), pixel_sides(spacing, truth.ndim)
    maps = [planes(array) for array in (predicted, truth)]
    if truth.ndim == 3:
        flat = {ABOVE: drawn.max(axis=0), **flat}
        band = {ABOVE: ignored_band[0], **band}
        pairs = zip(maps, (predicted, truth), strict=True)
        maps = [{ABOVE: from_above(drawn, array), **slices} for slices, array in pairs]
        sides = [sides[0], *sides]
    figures = []
    for plane, pixel in zip(flat, sides, strict=True):
        shape = display_shape(flat[plane].shape, pixel)
        gray = resize_labels(flat[plane], shape) if image is None else show(flat[plane], pixel)
        ours, true = (resize_labels(of[plane], shape) for of in maps)
        ignored = resize_labels(band[plane], shape)
        pictures = (
            Picture(colour_labels(true), "truth"),
            Picture(colour_labels(ours), "prediction"),
            Picture(mistakes_picture(gray, ours, true, mistakes, ignored), "mistakes"),
        )
        figures.append(Figure(f"{name}, {plane}" if plane else name, pictures, numbers or {}))
    return tuple(figures)


def _band(labels: NDArray[np.integer], width: int) -> NDArray[np.bool_]:
    """Return a mask of the band along the Y and X borders that was not scored."""
    band = np.zeros(labels.shape, bool)
    if width:
        band[...] = True
        band[..., width:-width, width:-width] = False
    return band


def mistakes_picture(
    gray: NDArray[np.uint8],
    predicted: NDArray[np.integer],
    truth: NDArray[np.integer],
    mistakes: Mistakes,
    ignored: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Draw mistakes in four colours, and matched nuclei in thin gray.

    Parameters
    ----------
    gray
        The image, uint8, ``Y X``.
    predicted, truth
        Label maps of the same shape.
    mistakes
        The mistakes in these maps, from `adgan.metrics.find_mistakes`.
    ignored
        Mask of pixels that were not scored, which are darkened; None if all were scored.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``.
    """
    rgb = to_rgb((IMAGE_BRIGHTNESS * gray).astype(np.uint8))
    missed, split = (_chosen(truth, which) for which in (mistakes.missed, mistakes.split))
    false, merged = (_chosen(predicted, which) for which in (mistakes.false, mistakes.merged))
    width = max(1, thin(gray.shape) - 1)
    rgb[edges(predicted, width)] = CORRECT
    rgb[edges(np.where(merged, truth, 0), width)] = COLOURS["merged"]
    rgb[edges(np.where(split, predicted, 0), width)] = COLOURS["split"]
    for kind, labels, marked in (
        ("merged", predicted, merged),
        ("split", truth, split),
        ("missed", truth, missed),
        ("false", predicted, false),
    ):
        rgb[contours(np.where(marked, labels, 0), width)] = COLOURS[kind]
    if ignored is not None:
        rgb[ignored] = rgb[ignored] // 3 & 0xFE
    return rgb


def mistakes_legend(counts: Mapping[str, int]) -> Legend:
    """Return the legend of these pictures, with the number of nuclei of each kind.

    Parameters
    ----------
    counts
        ``matched``, ``missed``, ``false``, ``merged`` and ``split``, see
        `adgan.metrics.all_counts`.
    """
    right = (css(CORRECT), "matched", counts["matched"], "prediction and truth agree")
    wrong = [(css(COLOURS[k]), k, counts[k], MEANING[k]) for k in COLOURS]
    return Legend((right, *wrong))


def _chosen(labels: NDArray[np.integer], which: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.isin(labels, np.array(which, dtype=labels.dtype))
