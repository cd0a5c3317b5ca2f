"""The Cell Tracking Challenge's scores of single frames: SEG, DET and their mean OP_csb.

A true object is found by the predicted object that covers more than half of it. There is
at most one such, but one prediction may find several.
"""

import numpy as np
from numpy.typing import NDArray

from adgan.metrics.overlap import Overlap, ratio

# Cost of mending one merge, one miss and one false object, see `det`.
MERGE, MISS, FALSE = 5, 10, 1


def found(table: Overlap) -> NDArray[np.bool_]:
    """Mark the pairs whose prediction covers more than half of the truth.

    Parameters
    ----------
    table
        Overlap table of the objects that count.

    Returns
    -------
    numpy.ndarray
        bool, one for each pair of the table, shape ``(K,)``.
    """
    return 2 * table.shared > table.truth_sizes[table.truth]


def seg(table: Overlap) -> float:
    """Return SEG, the mean Jaccard index of the true objects, 0 for one not found.

    ``SEG = sum of |R and S| / |R or S| over found R / number of R``. False objects cost
    nothing. Source: Maska et al. 2014, doi:10.1093/bioinformatics/btu080.

    Parameters
    ----------
    table
        Overlap table of the objects that count.

    Returns
    -------
    float
        0 to 1; without a true object 1 if nothing was predicted either, else 0.
    """
    return ratio(table.iou[found(table)].sum(), table.truth_sizes.size, table)


def det(table: Overlap) -> float:
    """Return DET, how little must be mended beside finding all objects anew.

    ``DET = 1 - min(A, A0) / A0`` with ``A = 5 merges + 10 misses + 1 false`` and
    ``A0 = 10 T``. A prediction that finds k > 1 true objects is k - 1 merges; one that
    finds none is false; a true object not found is a miss. Source: Matula et al. 2015,
    doi:10.1371/journal.pone.0144959.

    Parameters
    ----------
    table
        Overlap table of the objects that count.

    Returns
    -------
    float
        0 to 1; without a true object 1 if nothing was predicted either, else 0.
    """
    hits = np.bincount(table.predicted[found(table)], minlength=table.predicted_sizes.size)
    merges = int(np.maximum(hits - 1, 0).sum())
    misses = table.truth_sizes.size - int(hits.sum())
    mend = MERGE * merges + MISS * misses + FALSE * int((hits == 0).sum())
    anew = MISS * table.truth_sizes.size
    return ratio(anew - min(mend, anew), anew, table)


def op_csb(table: Overlap) -> float:
    """Return the challenge's overall score of segmentation, (SEG + DET) / 2.

    Source: Maska et al. 2023, doi:10.1038/s41592-023-01879-y.

    Parameters
    ----------
    table
        Overlap table of the objects that count.

    Returns
    -------
    float
        0 to 1; without a true object 1 if nothing was predicted either, else 0.
    """
    return (seg(table) + det(table)) / 2
