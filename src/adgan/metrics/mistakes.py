"""The objects that were missed, false, merged or split."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adgan.metrics.ctc import found
from adgan.metrics.matching import match
from adgan.metrics.overlap import Overlap


@dataclass(frozen=True)
class Mistakes:
    """Labels of the wrong objects by kind of error, sorted.

    Parameters
    ----------
    missed, split
        Labels in the true map.
    false, merged
        Labels in the predicted map.
    """

    missed: tuple[int, ...]
    false: tuple[int, ...]
    merged: tuple[int, ...]
    split: tuple[int, ...]


def find_mistakes(table: Overlap, iou: float = 0.5) -> Mistakes:
    """Find the wrong objects and sort them into four kinds.

    - merged: a prediction that covers more than half of each of two or more true objects;
    - split: a true object that contains more than half of each of two or more predictions;
    - missed: a true object without a match at this IoU that is not merged or split;
    - false: a prediction without a match at this IoU that is not part of a merger or split.

    If truth and prediction are exchanged, missed and false are exchanged, and so are merged
    and split. A badly outlined object counts as missed and its prediction as false, as in F1.

    Parameters
    ----------
    table
        Overlap table of the objects that count.
    iou
        IoU threshold of a match, see `adgan.metrics.matching.match`.
    """
    matches = match(table, iou)
    covered = found(table)
    within = 2 * table.shared > table.predicted_sizes[table.predicted]
    merged = np.bincount(table.predicted[covered], minlength=table.predicted_sizes.size) > 1
    split = np.bincount(table.truth[within], minlength=table.truth_sizes.size) > 1

    explained_truth = split.copy()
    explained_truth[matches.truth] = True
    explained_truth[table.truth[covered & merged[table.predicted]]] = True
    explained_predicted = merged.copy()
    explained_predicted[matches.predicted] = True
    explained_predicted[table.predicted[within & split[table.truth]]] = True
    return Mistakes(
        missed=_labels(table.truth_labels, ~explained_truth),
        false=_labels(table.predicted_labels, ~explained_predicted),
        merged=_labels(table.predicted_labels, merged),
        split=_labels(table.truth_labels, split),
    )


def _labels(labels: NDArray[np.integer], chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(label) for label in labels[chosen])
