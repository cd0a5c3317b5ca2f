"""Scores of the Cell Tracking Challenge for single frames: SEG, DET and their mean OP_csb.

A true object is found by the predicted object that covers more than half of it. There is at most
one such prediction per object, but one prediction may find several objects.

Every score takes the overlap table of the objects that count. It is 0 to 1; without true objects it
is 1 if nothing was predicted, else 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adgan.metrics.overlap import Overlap, ratio


@dataclass(frozen=True)
class Costs:
    """Costs of corrections in DET, as the challenge defines them, see :func:`det`.

    Parameters
    ----------
    merge, miss, false
        Cost of correcting one merge, one missed and one false object.
    """

    merge: int = 5
    miss: int = 10
    false: int = 1


COSTS = Costs()


def found(table: Overlap) -> NDArray[np.bool_]:
    """Mark the pairs whose prediction covers more than half of the truth, ``(K,)``."""
    return 2 * table.shared > table.truth_sizes[table.truth]


def seg(table: Overlap) -> float:
    """Return SEG, the mean Jaccard index of the true objects, where a missed object counts as 0.

    ``SEG = sum of |R and S| / |R or S| over found R / number of R``. False objects do not
    lower it. Source: Maska et al. 2014, doi:10.1093/bioinformatics/btu080.
    """
    return ratio(table.iou[found(table)].sum(), table.truth_sizes.size, table)


def det(table: Overlap) -> float:
    """Return DET, one minus the cost of corrections relative to that of an empty prediction.

    ``DET = 1 - min(A, A0) / A0`` with ``A = 5 merges + 10 misses + 1 false`` and
    ``A0 = 10 T``. A prediction that finds k > 1 true objects counts as k - 1 merges, one
    that finds none as false, and a true object that is not found as a miss. Source: Matula
    et al. 2015, doi:10.1371/journal.pone.0144959.
    """
    hits = np.bincount(table.predicted[found(table)], minlength=table.predicted_sizes.size)
    merges = int(np.maximum(hits - 1, 0).sum())
    misses = table.truth_sizes.size - int(hits.sum())
    cost = COSTS.merge * merges + COSTS.miss * misses + COSTS.false * int((hits == 0).sum())
    highest = COSTS.miss * table.truth_sizes.size
    return ratio(highest - min(cost, highest), highest, table)


def op_csb(table: Overlap) -> float:
    """Return OP_csb, the overall segmentation score of the challenge, (SEG + DET) / 2.

    Source: Maska et al. 2023, doi:10.1038/s41592-023-01879-y.
    """
    return (seg(table) + det(table)) / 2
