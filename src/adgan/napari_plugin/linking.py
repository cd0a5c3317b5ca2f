"""Label maps of planes become one of a volume: what covers the same place is one nucleus."""

from collections.abc import Sequence

import numpy as np

from adgan.metrics import count_overlap

SAME = 0.3
"""IoU in neighbouring planes from which two outlines belong to one nucleus: a ball of radius 3
planes gives its first outline .36 in its second."""


def link_planes(
    planes: Sequence[np.ndarray], sure: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Join the nuclei of planes along Z.

    Each outline goes on with the one of the next plane that it shares most with, from the best
    pair on; an outline has one before it and one after it at most.

    Parameters
    ----------
    planes
        Label maps ``Y X``, labels 1 to N in each.
    sure
        How sure each of these labels is, ``(N,)`` a plane.

    Returns
    -------
    labels : numpy.ndarray
        uint32 ``Z Y X``, labels 1 to M.
    sure : numpy.ndarray
        ``(M,)``, the mean over the pixels of each nucleus.
    """
    numbers: list[np.ndarray] = []  # of each plane: its labels, the background too, to nuclei
    count = 0
    for index, plane in enumerate(planes):
        own = np.zeros(int(plane.max(initial=0)) + 1, np.int64)
        if index:
            for before, after in _pairs(planes[index - 1], plane):
                own[after] = numbers[-1][before]
        fresh = np.flatnonzero(own == 0)[1:]
        own[fresh] = count + 1 + np.arange(len(fresh))
        count += len(fresh)
        numbers.append(own)
    labels = np.stack([n[p] for n, p in zip(numbers, planes, strict=True)]).astype(np.uint32)
    sizes, total = np.zeros(count + 1), np.zeros(count + 1)
    for plane, own, values in zip(planes, numbers, sure, strict=True):
        pixels = np.bincount(plane.ravel(), minlength=len(own))[1:]
        np.add.at(sizes, own[1:], pixels)
        np.add.at(total, own[1:], pixels * values)
    return labels, (total / np.maximum(sizes, 1))[1:]


def _pairs(one: np.ndarray, other: np.ndarray) -> list[tuple[int, int]]:
    """Return the labels of two planes that belong together."""
    table = count_overlap(one, other)
    pairs, left, right = [], set[int](), set[int]()
    for k in np.argsort(-table.iou, kind="stable").tolist():
        if table.iou[k] < SAME:
            break
        before = int(table.predicted_labels[table.predicted[k]])
        after = int(table.truth_labels[table.truth[k]])
        if before not in left and after not in right:
            left.add(before)
            right.add(after)
            pairs.append((before, after))
    return pairs
