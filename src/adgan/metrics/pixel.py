"""Scores of the foreground as one mask, with P predicted, T true and S shared pixels.

Every score takes the overlap table of the pixels that count. It is 0 to 1, and 1 if both maps are
empty.
"""

from adgan.metrics.overlap import Overlap, ratio


def pixel_precision(table: Overlap) -> float:
    """Return the pixel precision, the fraction of the predicted foreground that is true, S / P.

    It is 0 if only the prediction is empty.
    """
    return ratio(table.shared.sum(), table.predicted_sizes.sum(), table)


def pixel_recall(table: Overlap) -> float:
    """Return the pixel recall, the fraction of the true foreground that was found, S / T.

    It is 0 if only the truth is empty.
    """
    return ratio(table.shared.sum(), table.truth_sizes.sum(), table)


def dice(table: Overlap) -> float:
    """Return the DICE coefficient of the foregrounds, 2 S / (P + T).

    Source: Dice 1945, doi:10.2307/1932409; paper 4.3.
    """
    together = table.predicted_sizes.sum() + table.truth_sizes.sum()
    return ratio(2 * table.shared.sum(), together, table)
