"""The F1 to expect of a label map without a truth, from how sure each of its nuclei is."""

import numpy as np


def expected_f1(sure: np.ndarray, missed: float) -> float:
    """Return the F1 to expect, 2 TP / (2 TP + FP + FN), from the expected number of each.

    Parameters
    ----------
    sure
        Probability that each nucleus found is right, ``(N,)``.
    missed
        Number of nuclei that were not found.

    Returns
    -------
    float
        0 to 1; 1 where nothing was found and nothing is missed.
    """
    right = float(sure.sum())
    objects = len(sure) + (right + missed)
    return 2 * right / objects if objects else 1.0
