"""The apparent distance of the planes of volumes, from the length of nuclei along Z and across."""

from collections.abc import Sequence

import numpy as np

from adgan.survey.survey import survey_image

ROUNDS_MAX = 3
"""Largest number of times that the nuclei of a volume are measured."""
CONVERGED_CHANGE_FRACTION = 0.05
"""Relative change of the distance below which it is not measured again."""
STATED_RATIO_MAX = 4.0
"""Largest ratio of the apparent and the stated distance, either way. Blur along Z explains no more.
"""


def plane_distance(volumes: Sequence[np.ndarray], stated: float | None = None) -> float | None:
    """Return the plane distance at which nuclei are as long along Z as they are wide.

    Blur along Z makes nuclei appear longer, so that this distance is smaller than the true one.
    Volumes are rescaled by it so that their nuclei become round.

    Parameters
    ----------
    volumes
        ``Z Y X``, any real dtype.
    stated
        Stated distance, from which the estimate starts, in pixels of the last axis (default: 1).

    Returns
    -------
    float or None
        Median over the volumes, in pixels of the last axis; None if no volume shows nuclei, or if
        the distance is too far from the stated one.
    """
    found = [distance for volume in volumes if (distance := _of_volume(volume, stated or 1.0))]
    if not found:
        return None
    median = float(np.median(found))
    ratio_max = STATED_RATIO_MAX
    return median if stated is None or 1 / ratio_max < median / stated < ratio_max else None


def _of_volume(volume: np.ndarray, distance: float) -> float | None:
    """Return the plane distance of one volume, measured again from a first value until it settles.

    None if the volume shows no nuclei.
    """
    for _ in range(ROUNDS_MAX):
        nuclei = survey_image(volume, (distance, 1.0, 1.0)).nuclei
        if nuclei is None or not nuclei.clear:
            return None
        across = np.sqrt(nuclei.reach[:, 1] * nuclei.reach[:, 2])
        last, distance = distance, distance * float(np.median(across / nuclei.reach[:, 0]))
        if abs(distance / last - 1) < CONVERGED_CHANGE_FRACTION:
            break
    return distance
