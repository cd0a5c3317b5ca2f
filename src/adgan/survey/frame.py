"""What a frame leaves of nuclei: those at its border are cut, and look smaller than they are."""

from collections.abc import Sequence

import numpy as np

DRAWS, POINTS = 1000, 12
"""Nuclei drawn for each frame, and points along the diameter of each."""


def seen_in_frames(diameter: float, extents: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the usual size of nuclei as frames show them.

    Nuclei are discs or balls of one size that lie anywhere, as long as a frame shows some of them.
    In small volumes most are cut, so that the median of their sizes is far below the true one.

    Parameters
    ----------
    diameter
        Of whole nuclei.
    extents
        Sides of each frame, in the same unit.

    Returns
    -------
    float
        Median diameter of discs or balls as large as what the frames show.
    float
        Share of the nuclei shown that are cut.
    """
    rng = np.random.default_rng(0)
    radius, rank = diameter / 2, len(extents[0])
    steps = (np.arange(POINTS) + 0.5) / POINTS * 2 - 1
    grid = np.stack(np.meshgrid(*[steps] * rank, indexing="ij"), axis=-1).reshape(-1, rank)
    ball = radius * grid[(grid**2).sum(1) <= 1]
    left = []
    for extent in np.array(extents, float):
        centres = rng.uniform(-radius, extent + radius, (DRAWS, rank))
        points = centres[:, None] + ball
        left.append(((points >= 0) & (points < extent)).all(-1).mean(1))
    shown = np.concatenate(left)
    shown = shown[shown > 0]
    return diameter * float(np.median(shown)) ** (1 / rank), float((shown < 1).mean())
