"""Scores from a one-to-one matching: TP matches, FP unmatched predictions, FN unmatched truths.

Two objects match if their intersection over union (IoU) exceeds a threshold of at least 1/2. No
object can then match two others, so that no assignment problem has to be solved.

Every score takes the overlap table of the objects that count and, unless it averages over several,
the IoU threshold of a match, see `match`. It is 0 to 1, and 1 if both maps are empty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adgan.errors import AdganError
from adgan.metrics.overlap import Overlap, ratio

THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""IoU thresholds over which ``mean_f1`` and ``mean_ap`` average: .5, .55 to .95."""


@dataclass(frozen=True)
class Matches:
    """The matched objects of a table at one threshold.

    Parameters
    ----------
    predicted, truth
        Object numbers of the matched pairs in the table, shape ``(TP,)``.
    iou
        Their intersection over union, float64, shape ``(TP,)``.
    """

    predicted: NDArray[np.intp]
    truth: NDArray[np.intp]
    iou: NDArray[np.float64]


def match(table: Overlap, iou: float = 0.5) -> Matches:
    """Match objects whose IoU exceeds a threshold.

    Parameters
    ----------
    table
        Overlap table of the objects that count.
    iou
        IoU threshold, .5 <= iou < 1.

    Raises
    ------
    AdganError
        If the threshold is out of range; below 1/2 matches would not be unique.
    """
    if not 0.5 <= iou < 1:
        raise AdganError(f"objects do not match uniquely at an IoU of {iou}: choose .5 <= iou < 1")
    values = table.iou
    hit = values > iou
    return Matches(table.predicted[hit], table.truth[hit], values[hit])


def precision(table: Overlap, iou: float = 0.5) -> float:
    """Return the precision, the fraction of predicted objects that match, TP / (TP + FP).

    It is 0 if only the prediction is empty.
    """
    return ratio(match(table, iou).iou.size, table.predicted_sizes.size, table)


def recall(table: Overlap, iou: float = 0.5) -> float:
    """Return the recall, the fraction of true objects that match, TP / (TP + FN).

    It is 0 if only the truth is empty.
    """
    return ratio(match(table, iou).iou.size, table.truth_sizes.size, table)


def f1(table: Overlap, iou: float = 0.5) -> float:
    """Return the F1 of objects, 2 TP / (2 TP + FP + FN).

    Source: Caicedo et al. 2019, doi:10.1002/cyto.a.23863.
    """
    objects = table.predicted_sizes.size + table.truth_sizes.size
    return ratio(2 * match(table, iou).iou.size, objects, table)


def expected_f1(confidence: NDArray[np.float64], missed: float) -> float:
    """Return the expected F1, 2 TP / (2 TP + FP + FN), from the expected number of each.

    Parameters
    ----------
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    missed
        Expected number of missed nuclei.

    Returns
    -------
    float
        0 to 1; 1 if there are no nuclei and none are missed.
    """
    right = float(confidence.sum())
    objects = len(confidence) + (right + missed)
    return 2 * right / objects if objects else 1.0


def average_precision(table: Overlap, iou: float = 0.5) -> float:
    """Return AP as defined by the 2018 Data Science Bowl, TP / (TP + FP + FN).

    Source: Caicedo et al. 2019, doi:10.1038/s41592-019-0612-7.
    """
    matched = match(table, iou).iou.size
    objects = table.predicted_sizes.size + table.truth_sizes.size
    return ratio(matched, objects - matched, table)


def mean_f1(table: Overlap) -> float:
    """Return the mean of `f1` over `THRESHOLDS`."""
    return float(np.mean([f1(table, iou) for iou in THRESHOLDS]))


def mean_ap(table: Overlap) -> float:
    """Return the mean of `average_precision` over `THRESHOLDS`."""
    return float(np.mean([average_precision(table, iou) for iou in THRESHOLDS]))


def mean_matched_iou(table: Overlap, iou: float = 0.5) -> float:
    """Return the mean IoU of the matched pairs, which measures the quality of outlines.

    It is 0 if nothing matches, and otherwise above the threshold.
    """
    matches = match(table, iou)
    return ratio(matches.iou.sum(), matches.iou.size, table)


def panoptic_quality(table: Overlap, iou: float = 0.5) -> float:
    """Return PQ, the sum of the matched IoU / (TP + FP / 2 + FN / 2).

    Source: Kirillov et al. 2019, Eq. 1, doi:10.1109/CVPR.2019.00963.
    """
    objects = table.predicted_sizes.size + table.truth_sizes.size
    return ratio(match(table, iou).iou.sum(), objects / 2, table)
