"""Two label maps of one image made one: where they part, the surer reading stands. Any rank."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from adgan.labelmap import means
from adgan.metrics.overlap import count_overlap

SAME = 0.3
"""Part of the smaller of two nuclei that both must share to be readings of one place."""
LONE = 0.4
"""Chance from which a nucleus stands that the other map lacks: about half of the expected F1."""


def elect(
    first: np.ndarray,
    first_sure: np.ndarray,
    second: np.ndarray,
    second_sure: np.ndarray,
    alike: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nuclei of two maps, each place read as the surer of them reads it.

    Nuclei of both maps that overlap form places: one nucleus here and one there, or one here and
    several there. The reading whose nuclei are surer on average wins the place; a nucleus that the
    other map lacks stands if it is likely enough.

    Parameters
    ----------
    first, second
        Label maps of one shape, labels from 1; of equal readings the first one's stands.
    first_sure, second_sure
        Chance of each nucleus to be right, ``(N,)``.
    alike
        IoU from which two nuclei, one in each map, are the same one in two outlines: the first
        map's stands. When absent the surer of them does.

    Returns
    -------
    labels
        uint32, from 1 without gaps.
    sure
        Chance of each of them.
    """
    sure = np.concatenate([first_sure, second_sure])
    if not len(sure):
        return np.zeros(first.shape, np.uint32), sure
    table = count_overlap(first, second)
    ours, theirs = table.predicted, table.truth
    smaller = np.minimum(table.predicted_sizes[ours], table.truth_sizes[theirs])
    met = table.shared > SAME * smaller
    one = table.predicted_labels[ours[met]].astype(int) - 1
    other = table.truth_labels[theirs[met]].astype(int) - 1 + len(first_sure)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(sure), len(sure)))
    number, place = connected_components(graph, directed=False)

    is_first = np.arange(len(sure)) < len(first_sure)
    surest = np.full((2, number), np.nan)
    for side, mine in enumerate((is_first, ~is_first)):
        found, count = means(sure[mine], place[mine], number)
        surest[side] = np.where(count > 0, found, LONE)
    first_wins = surest[0] >= surest[1]
    if alike is not None:
        pairs = np.bincount(place, minlength=number)[place[one]] == 2
        first_wins[place[one[pairs & (table.iou[met] >= alike)]]] = True
    stands = np.where(is_first, first_wins[place], ~first_wins[place])

    labels = np.zeros(first.shape, np.uint32)
    numbers = np.concatenate([[0], np.cumsum(stands) * stands]).astype(np.uint32)
    taken = numbers[: len(first_sure) + 1][first]
    beside = np.concatenate([[0], numbers[len(first_sure) + 1 :]]).astype(np.uint32)[second]
    labels = np.where(taken > 0, taken, beside)
    return labels, sure[stands]
