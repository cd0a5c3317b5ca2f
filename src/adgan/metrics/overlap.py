"""The overlap table of two label maps, from which all scores are computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from adgan.errors import AdganError


@dataclass(frozen=True)
class Overlap:
    """The sparse contingency table of two label maps, without background (0).

    Objects are numbered from 0 in the order of ``predicted_labels`` and ``truth_labels``.
    ``predicted``, ``truth`` and ``shared`` have one entry per pair of objects that share a
    pixel.

    Parameters
    ----------
    predicted_labels, truth_labels
        Labels of the objects in their maps, shape ``(P,)`` and ``(T,)``.
    predicted_sizes, truth_sizes
        Their sizes in pixels, int64, shape ``(P,)`` and ``(T,)``.
    predicted, truth
        Object numbers of the overlapping pairs, shape ``(K,)``.
    shared
        Number of pixels that each pair shares, int64, shape ``(K,)``.
    """

    predicted_labels: NDArray[np.integer]
    truth_labels: NDArray[np.integer]
    predicted_sizes: NDArray[np.int64]
    truth_sizes: NDArray[np.int64]
    predicted: NDArray[np.intp]
    truth: NDArray[np.intp]
    shared: NDArray[np.int64]

    @property
    def empty(self) -> bool:
        """True if neither map holds an object."""
        return not self.predicted_sizes.size and not self.truth_sizes.size

    @cached_property
    def iou(self) -> NDArray[np.float64]:
        """Intersection over union of each overlapping pair, shape ``(K,)``."""
        together = self.predicted_sizes[self.predicted] + self.truth_sizes[self.truth]
        return self.shared / (together - self.shared)


def count_overlap(predicted: NDArray[np.integer], truth: NDArray[np.integer]) -> Overlap:
    """Count the pixels shared by each pair of objects of two label maps.

    Time and memory depend on the number of pixels, not on the largest label.

    Parameters
    ----------
    predicted, truth
        Label maps of one shape, any number of axes, integers; 0 is background.

    Raises
    ------
    AdganError
        If the shapes differ, or if a map has no pixels or holds anything but integers >= 0.
    """
    for name, labels in (("predicted", predicted), ("true", truth)):
        _check(name, labels)
    if predicted.shape != truth.shape:
        raise AdganError(
            f"the predicted label map has shape {predicted.shape} and the true one {truth.shape}: "
            "both must have the shape of their image"
        )
    flat = np.ravel(predicted), np.ravel(truth)
    # Runs of equal labels along the last axis are sorted, as they are far fewer than pixels.
    change = (flat[0][1:] != flat[0][:-1]) | (flat[1][1:] != flat[1][:-1])
    starts = np.concatenate([[0], np.flatnonzero(change) + 1])
    lengths = np.diff(starts, append=flat[0].size)
    labels_p, index_p = np.unique(flat[0][starts], return_inverse=True)
    labels_t, index_t = np.unique(flat[1][starts], return_inverse=True)
    pairs, index = np.unique(index_p * labels_t.size + index_t, return_inverse=True)
    row, column = np.divmod(pairs, labels_t.size)
    table = Overlap(
        predicted_labels=labels_p,
        truth_labels=labels_t,
        predicted_sizes=_sum(index_p, lengths, labels_p.size),
        truth_sizes=_sum(index_t, lengths, labels_t.size),
        predicted=row,
        truth=column,
        shared=_sum(index, lengths, pairs.size),
    )
    return keep(table, labels_p != 0, labels_t != 0)


def keep(table: Overlap, predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Overlap:
    """Return the table of the chosen objects, with unchanged sizes.

    Parameters
    ----------
    table
        The table to choose from.
    predicted, truth
        True for objects to keep, shape ``(P,)`` and ``(T,)``.
    """
    pairs = predicted[table.predicted] & truth[table.truth]
    return Overlap(
        predicted_labels=table.predicted_labels[predicted],
        truth_labels=table.truth_labels[truth],
        predicted_sizes=table.predicted_sizes[predicted],
        truth_sizes=table.truth_sizes[truth],
        predicted=(np.cumsum(predicted) - 1)[table.predicted[pairs]],
        truth=(np.cumsum(truth) - 1)[table.truth[pairs]],
        shared=table.shared[pairs],
    )


def pool(parts: Sequence[Overlap]) -> Overlap:
    """Join the tables of several images, as if the images lay side by side.

    A score of the joined table is the pooled score. Labels are kept as they are and may repeat.

    Parameters
    ----------
    parts
        At least one table.
    """
    first_p = np.cumsum([0, *(part.predicted_sizes.size for part in parts)])
    first_t = np.cumsum([0, *(part.truth_sizes.size for part in parts)])
    return Overlap(
        predicted_labels=np.concatenate([part.predicted_labels for part in parts]),
        truth_labels=np.concatenate([part.truth_labels for part in parts]),
        predicted_sizes=np.concatenate([part.predicted_sizes for part in parts]),
        truth_sizes=np.concatenate([part.truth_sizes for part in parts]),
        predicted=np.concatenate([p.predicted + o for p, o in zip(parts, first_p, strict=False)]),
        truth=np.concatenate([p.truth + o for p, o in zip(parts, first_t, strict=False)]),
        shared=np.concatenate([part.shared for part in parts]),
    )


def ratio(part: float, whole: float, table: Overlap) -> float:
    """Divide, with the rule for 0 / 0 that all scores share.

    Parameters
    ----------
    part, whole
        Numerator and denominator, at least 0.
    table
        The table that is scored.

    Returns
    -------
    float
        ``part / whole``. If ``whole`` is 0: 1 if neither map holds an object (nothing to find,
        nothing found), else 0.
    """
    if whole:
        return float(part / whole)
    return float(table.empty)


def _check(name: str, labels: NDArray[np.integer]) -> None:
    if not np.issubdtype(labels.dtype, np.integer) and labels.dtype != bool:
        raise AdganError(f"the {name} label map holds {labels.dtype}: labels must be integers")
    if not labels.size:
        raise AdganError(f"the {name} label map of shape {labels.shape} has no pixels")
    if labels.min() < 0:
        raise AdganError(f"the {name} label map holds {labels.min()}: labels must be at least 0")


def _sum(index: NDArray[np.intp], values: NDArray[np.intp], size: int) -> NDArray[np.int64]:
    # bincount adds in float64, which is exact up to 2^53 pixels.
    return np.bincount(index, weights=values, minlength=size).astype(np.int64)
