"""Merge two label maps of one image: where they differ, the more probable nuclei are kept."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from adgan.labels.labelmap import means
from adgan.metrics.overlap import count_overlap

PLACE_OVERLAP_FRACTION = 0.3
"""Fraction of the smaller of two nuclei that must overlap for them to compete for one place."""
LONE_NUCLEUS_PROBABILITY = 0.4
"""Probability at which a nucleus that only one map has is kept: about half of the expected F1."""


def merge_label_maps(
    first: np.ndarray,
    first_confidence: np.ndarray,
    second: np.ndarray,
    second_confidence: np.ndarray,
    alike: float | None = None,
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
    alike
        IoU from which two nuclei, one per map, are two outlines of one nucleus, of which that of
        `first` is kept. When None, the more probable one is kept.

    Returns
    -------
    labels
        uint32, from 1 without gaps.
    confidence
        Probability of each nucleus, ``(N,)``.
    """
    confidence = np.concatenate([first_confidence, second_confidence])
    if not len(confidence):
        return np.zeros(first.shape, np.uint32), confidence
    table = count_overlap(first, second)
    ours, theirs = table.predicted, table.truth
    smaller = np.minimum(table.predicted_sizes[ours], table.truth_sizes[theirs])
    met = table.shared > PLACE_OVERLAP_FRACTION * smaller
    one = table.predicted_labels[ours[met]].astype(int) - 1
    other = table.truth_labels[theirs[met]].astype(int) - 1 + len(first_confidence)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(confidence), len(confidence)))
    number, place = connected_components(graph, directed=False)

    is_first = np.arange(len(confidence)) < len(first_confidence)
    mean_confidence = np.full((2, number), np.nan)
    for side, mine in enumerate((is_first, ~is_first)):
        found, count = means(confidence[mine], place[mine], number)
        mean_confidence[side] = np.where(count > 0, found, LONE_NUCLEUS_PROBABILITY)
    first_wins = mean_confidence[0] >= mean_confidence[1]
    if alike is not None:
        pairs = np.bincount(place, minlength=number)[place[one]] == 2
        first_wins[place[one[pairs & (table.iou[met] >= alike)]]] = True
    stands = np.where(is_first, first_wins[place], ~first_wins[place])

    labels = np.zeros(first.shape, np.uint32)
    numbers = np.concatenate([[0], np.cumsum(stands) * stands]).astype(np.uint32)
    taken = numbers[: len(first_confidence) + 1][first]
    beside = np.concatenate([[0], numbers[len(first_confidence) + 1 :]]).astype(np.uint32)[second]
    labels = np.where(taken > 0, taken, beside)
    return labels, confidence[stands]
