"""A picture of the mistakes: missed, false, merged and split nuclei on the image."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adgan.metrics import Mistakes
from adgan.report.colours import OKABE_ITO, Colour, css
from adgan.report.overlay import contours, edges, thin, to_rgb
from adgan.report.page import Legend

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

    Returns
    -------
    Legend
    """
    right = (css(CORRECT), "matched", counts["matched"], "prediction and truth agree")
    wrong = [(css(COLOURS[k]), k, counts[k], MEANING[k]) for k in COLOURS]
    return Legend((right, *wrong))


def _chosen(labels: NDArray[np.integer], which: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.isin(labels, np.array(which, dtype=labels.dtype))
