"""Merge two label maps of one image: where they differ, the more probable nuclei are kept."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from adgan.labels.labelmap import means
from adgan.metrics.overlap import count_overlap


@dataclass(frozen=True)
class Merging:
    """How two label maps of one image become one.

    Parameters
    ----------
    agreed
        F1 between both label maps from which the first, that of a run, is kept as it is. Of three
        sets of images, the run was better on the one with an agreement of .96, and the combination
        on those with .91 and .88. On eight volumes of bbbc050, with agreements from .67 to 1, the
        F1 of the run is .94 and that of the combination .87 (docs/results.md).
    overlap
        Fraction of the smaller of two nuclei that must overlap for them to compete for one place.
    lone
        Probability at which a nucleus that only one map has is kept: about half of the expected
        F1.
    same_iou
        IoU from which two nuclei, one per map, are two outlines of one nucleus, of which that of
        the first map is kept. When None, the more probable one is kept.
    """

    agreed: float = 0.95
    overlap: float = 0.3
    lone: float = 0.4
    same_iou: float | None = None


MERGING = {2: Merging(), 3: Merging(agreed=0.6, same_iou=0.5)}
"""Parameters by number of axes. Volumes are blurred along Z; annotators outline some of the blur,
and a run, whose map is the first, learns to do the same."""


def merge_label_maps(
    first: np.ndarray,
    first_confidence: np.ndarray,
    second: np.ndarray,
    second_confidence: np.ndarray,
    how: Merging | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Merge two label maps; at each place the nuclei that are more probable are kept.

    Overlapping nuclei of the two maps form a place, such as one nucleus in one map and two in the
    other. The map whose nuclei have the higher mean probability wins the place. A nucleus that the
    other map lacks is kept if it is probable enough.

    Parameters
    ----------
    first, second
        Label maps of one shape, labels from 1; at equal probability `first` wins.
    first_confidence, second_confidence
        Probability that each nucleus is correct, ``(N,)``.
    how
        Parameters (default: those of :data:`MERGING`).

    Returns
    -------
    labels
        uint32, from 1 without gaps.
    confidence
        Probability of each nucleus, ``(N,)``.
    """
    how = how or MERGING[first.ndim]
    confidence = np.concatenate([first_confidence, second_confidence])
    if not len(confidence):
        return np.zeros(first.shape, np.uint32), confidence
    table = count_overlap(first, second)
    ours, theirs = table.predicted, table.truth
    smaller = np.minimum(table.predicted_sizes[ours], table.truth_sizes[theirs])
    met = table.shared > how.overlap * smaller
    one = table.predicted_labels[ours[met]].astype(int) - 1
    other = table.truth_labels[theirs[met]].astype(int) - 1 + len(first_confidence)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(confidence), len(confidence)))
    number, place = connected_components(graph, directed=False)

    is_first = np.arange(len(confidence)) < len(first_confidence)
    mean_confidence = np.full((2, number), np.nan)
    for side, mine in enumerate((is_first, ~is_first)):
        found, count = means(confidence[mine], place[mine], number)
        mean_confidence[side] = np.where(count > 0, found, how.lone)
    first_wins = mean_confidence[0] >= mean_confidence[1]
    if how.same_iou is not None:
        pairs = np.bincount(place, minlength=number)[place[one]] == 2
        first_wins[place[one[pairs & (table.iou[met] >= how.same_iou)]]] = True
    stands = np.where(is_first, first_wins[place], ~first_wins[place])

    labels = np.zeros(first.shape, np.uint32)
    numbers = np.concatenate([[0], np.cumsum(stands) * stands]).astype(np.uint32)
    taken = numbers[: len(first_confidence) + 1][first]
    beside = np.concatenate([[0], numbers[len(first_confidence) + 1 :]]).astype(np.uint32)[second]
    labels = np.where(taken > 0, taken, beside)
    return labels, confidence[stands]
