"""How far apart the planes of volumes look, from how long nuclei are along Z and across."""

from collections.abc import Sequence

import numpy as np

from adgan.survey.survey import look

ROUNDS = 3
SETTLED = 0.05
"""Change of the distance below which it is taken as found."""
LONGEST = 4.0
"""Times by which nuclei may look longer, or shorter, than the stated distance says."""


def plane_distance(volumes: Sequence[np.ndarray], stated: float | None = None) -> float | None:
    """Return the distance of planes that makes nuclei as long along Z as across.

    Light spreads along Z, so that this is less than the true distance by what nuclei look
    longer. It is what images have to be brought to, to look like round nuclei.

    Parameters
    ----------
    volumes
        ``Z Y X``.
    stated
        The distance that files or people state; found without it too.

    Returns
    -------
    float or None
        In pixels of the last axis, the median over volumes; None where none shows nuclei or
        the distance is too far from the one stated.
    """
    seen = [guess for volume in volumes if (guess := _one(volume, stated or 1.0))]
    if not seen:
        return None
    found = float(np.median(seen))
    return found if stated is None or 1 / LONGEST < found / stated < LONGEST else None


def _one(volume: np.ndarray, guess: float) -> float | None:
    for _ in range(ROUNDS):
        found = look(volume, (guess, 1.0, 1.0)).nuclei
        if found is None or not found.clear:
            return None
        across = np.sqrt(found.reach[:, 1] * found.reach[:, 2])
        last, guess = guess, guess * float(np.median(across / found.reach[:, 0]))
        if abs(guess / last - 1) < SETTLED:
            break
    return guess
