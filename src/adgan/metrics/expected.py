"""The expected F1 of a label map without ground truth, from the probabilities of its nuclei."""

import numpy as np


def expected_f1(confidence: np.ndarray, missed: float) -> float:
    """Return the expected F1, 2 TP / (2 TP + FP + FN), from the expected number of each.

    Parameters
    ----------
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    missed
        Expected number of missed nuclei.

    Returns
    -------
    float
        0 to 1; 1 if there are no nuclei and none are missed.
    """
    right = float(confidence.sum())
    objects = len(confidence) + (right + missed)
    return 2 * right / objects if objects else 1.0
