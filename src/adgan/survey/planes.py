"""The apparent distance of the planes of volumes, from the length of nuclei along Z and across."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.survey.survey import survey_image


@dataclass(frozen=True)
class PlaneSearch:
    """How the apparent plane distance is searched.

    Parameters
    ----------
    rounds
        Largest number of times that the nuclei of a volume are measured.
    change
        Relative change of the distance below which it is not measured again.
    ratio_max
        Largest ratio of the apparent and the stated distance, either way. Blur along Z explains no
        more.
    """

    rounds: int = 3
    change: float = 0.05
    ratio_max: float = 4.0


PLANES = PlaneSearch()


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
    ratio_max = PLANES.ratio_max
    return median if stated is None or 1 / ratio_max < median / stated < ratio_max else None


def _of_volume(volume: np.ndarray, distance: float) -> float | None:
    """Return the plane distance of one volume, measured again from a first value until it settles.

    None if the volume shows no nuclei.
    """
    for _ in range(PLANES.rounds):
        nuclei = survey_image(volume, (distance, 1.0, 1.0)).nuclei
        if nuclei is None or not nuclei.clear:
            return None
        across = np.sqrt(nuclei.reach[:, 1] * nuclei.reach[:, 2])
        last, distance = distance, distance * float(np.median(across / nuclei.reach[:, 0]))
        if abs(distance / last - 1) < PLANES.change:
            break
    return distance
