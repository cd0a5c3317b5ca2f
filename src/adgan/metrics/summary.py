"""All scores of one table by name, and counts of correct and wrong objects."""

from collections.abc import Callable

from adgan.metrics.aggregated import aji
from adgan.metrics.ctc import det, op_csb, seg
from adgan.metrics.matching import (
    average_precision,
    f1,
    match,
    mean_ap,
    mean_f1,
    mean_matched_iou,
    panoptic_quality,
    precision,
    recall,
)
from adgan.metrics.mistakes import find_mistakes
from adgan.metrics.overlap import Overlap
from adgan.metrics.pixel import dice, pixel_precision, pixel_recall

_PIXEL: dict[str, Callable[[Overlap], float]] = {
    "dice": dice,
    "pixel_precision": pixel_precision,
    "pixel_recall": pixel_recall,
}
_AT_IOU: dict[str, Callable[[Overlap, float], float]] = {
    "f1": f1,
    "precision": precision,
    "recall": recall,
    "ap": average_precision,
    "mean_matched_iou": mean_matched_iou,
    "pq": panoptic_quality,
}
_OBJECT: dict[str, Callable[[Overlap], float]] = {
    "mean_f1": mean_f1,
    "mean_ap": mean_ap,
    "aji": aji,
    "seg": seg,
    "det": det,
    "op_csb": op_csb,
}


def all_scores(objects: Overlap, field: Overlap, iou: float = 0.5) -> dict[str, float]:
    """Return every score by name.

    Parameters
    ----------
    objects, field
        The two tables of `adgan.metrics.tables`, for object scores and for pixel scores.
    iou
        IoU threshold of a match, see `adgan.metrics.match`. ``mean_f1`` and ``mean_ap``
        average over thresholds, and the CTC scores have their own rule.

    Returns
    -------
    dict
        ``dice``, ``pixel_precision``, ``pixel_recall``, ``f1``, ``precision``, ``recall``,
        ``ap``, ``mean_matched_iou``, ``pq``, ``mean_f1``, ``mean_ap``, ``aji``, ``seg``,
        ``det``, ``op_csb``, each 0 to 1.
    """
    return {
        **{name: score(field) for name, score in _PIXEL.items()},
        **{name: score(objects, iou) for name, score in _AT_IOU.items()},
        **{name: score(objects) for name, score in _OBJECT.items()},
    }


def all_counts(objects: Overlap, iou: float = 0.5) -> dict[str, int]:
    """Return the number of objects, of matches, and of errors of each kind.

    Parameters
    ----------
    objects
        Overlap table of the objects that count.
    iou
        IoU threshold of a match, see `adgan.metrics.match`.

    Returns
    -------
    dict
        ``true``, ``predicted``, ``matched``, ``missed``, ``false``, ``merged``, ``split``.
    """
    wrong = find_mistakes(objects, iou)
    return {
        "true": objects.truth_sizes.size,
        "predicted": objects.predicted_sizes.size,
        "matched": match(objects, iou).iou.size,
        "missed": len(wrong.missed),
        "false": len(wrong.false),
        "merged": len(wrong.merged),
        "split": len(wrong.split),
    }
