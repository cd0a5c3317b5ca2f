"""The aggregated Jaccard index, which needs no threshold."""

import numpy as np

from adgan.metrics.overlap import Overlap, ratio


def aji(table: Overlap) -> float:
    """Return the aggregated Jaccard index (AJI).

    Each true object i is assigned the predicted object j(i) with the largest IoU::

        AJI = sum_i |i and j(i)| / (sum_i |i or j(i)| + sum of unused predictions)

    A true object without overlap adds its own size to the denominator. At equal IoU the
    larger intersection is taken, and predictions that are still equal all count as used,
    so that the score does not depend on how objects are numbered.
    Source: Kumar et al. 2017, algorithm 1, doi:10.1109/TMI.2017.2677499.

    Parameters
    ----------
    table
        Overlap table of the objects that count.

    Returns
    -------
    float
        0 to 1; 1 if both maps are empty. Not symmetric in truth and prediction.
    """
    iou = table.iou
    best = np.zeros(table.truth_sizes.size)
    np.maximum.at(best, table.truth, iou)
    shared = np.zeros_like(table.truth_sizes)
    first = iou == best[table.truth]
    np.maximum.at(shared, table.truth[first], table.shared[first])
    taken = first & (table.shared == shared[table.truth])

    # Predictions assigned to one true object also have equal sizes: any of them gives the union.
    partner = np.zeros_like(table.truth_sizes)
    partner[table.truth[taken]] = table.predicted_sizes[table.predicted[taken]]
    union = table.truth_sizes + partner - shared
    unused = np.ones(table.predicted_sizes.size, dtype=bool)
    unused[table.predicted[taken]] = False
    return ratio(shared.sum(), union.sum() + table.predicted_sizes[unused].sum(), table)
