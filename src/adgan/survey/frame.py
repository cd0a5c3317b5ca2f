"""The effect of the image border on nucleus sizes: nuclei that it cuts appear smaller."""

from collections.abc import Sequence

import numpy as np

from adgan.survey.settings import BORDER


def seen_in_frames(diameter: float, extents: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the median diameter of nuclei as images show them, and how many the borders cut.

    Nuclei are simulated as discs or balls of one size at random positions, including those that are
    partly outside the image. In small volumes most nuclei are cut, so that the median of their
    sizes is far below the true one.

    Parameters
    ----------
    diameter
        Diameter of whole nuclei.
    extents
        Sides ``(Z) Y X`` of each image, in the unit of `diameter`.

    Returns
    -------
    float
        Median diameter of discs or balls as large as the visible parts of the nuclei.
    float
        Fraction of the visible nuclei that are cut.
    """
    rng = np.random.default_rng(0)
    radius, rank = diameter / 2, len(extents[0])
    steps = (np.arange(BORDER.points) + 0.5) / BORDER.points * 2 - 1
    grid = np.stack(np.meshgrid(*[steps] * rank, indexing="ij"), axis=-1).reshape(-1, rank)
    ball = radius * grid[(grid**2).sum(1) <= 1]
    fractions = []
    for extent in np.array(extents, float):
        centres = rng.uniform(-radius, extent + radius, (BORDER.nuclei, rank))
        points = centres[:, None] + ball
        fractions.append(((points >= 0) & (points < extent)).all(-1).mean(1))
    visible = np.concatenate(fractions)
    visible = visible[visible > 0]
    return diameter * float(np.median(visible)) ** (1 / rank), float((visible < 1).mean())
