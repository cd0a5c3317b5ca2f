"""Ranges over all nuclei of all images: quantiles by votes, number, interval."""

import numpy as np
from scipy.spatial import KDTree

from adgan.recipe.groups import reference_size
from adgan.survey.nuclei import Nuclei
from adgan.system.seeding import generator

WINDOW = 12
"""Side, in radii, of the windows in which nuclei are counted: a few training crops."""
WHOLE = {2: 0.96, 3: 0.9}
"""Share of its ellipse from which a region is one nucleus: two that touch fill less of theirs."""
FILL = 0.2
"""Share of a 2D scene that nuclei cover on average, at least."""
TOUCH = 0.15
"""Gap, in radii of a ball of equal size, up to which two nuclei touch."""
NEIGHBOURS = 6
"""Others that are looked at, the nearest ones."""


def quantile(values: np.ndarray, share: float, weights: np.ndarray) -> float:
    """Return the smallest value that `share` of the weights do not exceed."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def votes_of(found: Nuclei) -> np.ndarray:
    """Return how much each nucleus counts, clumps not at all if others are left."""
    votes = found.votes
    whole = found.fit > WHOLE[found.axes.shape[1]]
    if whole.mean() > 0.3:
        votes = votes * whole
    # A nucleus more in an image is a vote more, however bright the image.
    return votes * len(votes) / votes.sum()


def count_range(kept: list[Nuclei], crop: float) -> tuple[float, float]:
    """Return the uniform range of nuclei a `crop` with the mean and spread over windows."""
    counts, volumes = [], []
    for found in kept:
        votes = votes_of(found)
        # Neither haze, which is faint, nor ragged scraps.
        seen = found.contrast > 0.2 * quantile(found.contrast, 0.5, votes)
        seen &= found.fit > 0.8
        side = WINDOW * quantile(found.radius, 0.5, votes)
        windows = np.maximum(1, np.round(found.extent / side)).astype(int)
        spans = [(0.0, float(extent)) for extent in found.extent]
        table, _ = np.histogramdd(found.centres[seen], windows, range=spans)
        counts.append(table.ravel())
        volumes.append(np.full(table.size, found.extent.prod() / table.size))
    volume = np.concatenate(volumes)
    density = np.concatenate(counts) / volume
    mean = np.average(density, weights=volume)
    spread = np.sqrt(3 * np.average((density - mean) ** 2, weights=volume))
    # Scenes stay above none at all, and the mean where it is.
    spread = min(spread, 0.9 * mean)
    return float((mean - spread) * crop), float((mean + spread) * crop)


def scene_radius(low: float, median: float) -> tuple[float, float]:
    """Return the range of radii that scenes should show: evenly about the median.

    What is far larger than most may be several that touch, so the upper end mirrors the lower.

    Parameters
    ----------
    low, median
        10th percentile and median of the nuclei's semi-major axes.
    """
    return low, 2 * median - low


def scene_count(
    count: tuple[float, float],
    radius: tuple[float, float],
    eccentricity: tuple[float, float],
) -> tuple[float, float]:
    """Return the number of nuclei that 2D scenes should show, given what images show.

    It is theirs, or more where nuclei are sparse: crops of next to nothing teach nothing, as the
    paper's own numbers have it (Table 9 gives three times hela's).

    Parameters
    ----------
    count
        Nuclei per 256 x 256 pixels that images show, fewest and most.
    radius, eccentricity
        Ranges of the nuclei; see :class:`adgan.recipe.groups.SceneSettings`.
    """
    semi = np.mean(radius)
    area = np.pi * semi**2 * np.sqrt(1 - np.mean(eccentricity) ** 2)
    times = max(1.0, FILL * reference_size(2) / (np.mean(count) * area))
    return float(count[0] * times), float(count[1] * times)


def contact_share(kept: list[Nuclei]) -> float:
    """Return the share of nuclei whose rim is within :data:`TOUCH` of another's."""
    touching = number = 0
    for found in kept:
        number += len(found.radius)
        if len(found.radius) < 2:
            continue
        near = min(len(found.radius), NEIGHBOURS + 1)
        distance, other = KDTree(found.centres).query(found.centres, near)
        gap = distance[:, 1:] - found.radius[:, None] - found.radius[other[:, 1:]]
        touching += int(np.count_nonzero((gap < TOUCH * found.radius[:, None]).any(axis=1)))
    return touching / max(number, 1)


def median_interval(values: list[np.ndarray], votes: list[np.ndarray]) -> tuple[float, float]:
    """Return the 90% interval of the median, images drawn again (bootstrap) and their nuclei."""
    rng = generator(0, "sizes")
    medians = []
    for _ in range(200):
        drawn = []
        for i in rng.integers(len(values), size=len(values)):
            drawn.append((i, rng.integers(len(values[i]), size=len(values[i]))))
        pooled = np.concatenate([values[i][rows] for i, rows in drawn])
        weights = np.concatenate([votes[i][rows] for i, rows in drawn])
        medians.append(quantile(pooled, 0.5, weights))
    low, high = np.percentile(medians, [5, 95])
    return float(low), float(high)
