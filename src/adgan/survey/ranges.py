"""Ranges for simulation, from the nuclei of all images: weighted quantiles, counts, an interval."""

import numpy as np
from scipy.spatial import KDTree

from adgan.builtin.windows import quantile
from adgan.labels.labelmap import ball
from adgan.recipe.groups import reference_size
from adgan.survey.nuclei import Nuclei
from adgan.survey.settings import RANGES
from adgan.system.seeding import generator


def weights_of(found: Nuclei) -> np.ndarray:
    """Return the weight of each nucleus, ``(N,)``; clumps have none if enough nuclei remain."""
    weights = found.weights
    whole = found.fit > RANGES[found.axes.shape[1]].fit_min
    if whole.mean() > 0.3:
        weights = weights * whole
    # The total is the number of nuclei, so that bright images do not count more than dim ones.
    return weights * len(weights) / weights.sum()


def eccentricities(axes: np.ndarray) -> np.ndarray:
    """Return the eccentricity of each nucleus (Eq. 8), ``(N,)``, from its semi-axes ``(N, ndim)``.

    In 3D it is that of the mean of both minor axes, as scenes draw an eccentricity for each.
    """
    ratio = axes[:, 1:].mean(1) / axes[:, 0]
    return np.asarray(np.sqrt(np.clip(1 - ratio**2, 0, 0.99)))


def count_range(found: list[Nuclei], crop: float) -> tuple[float, float]:
    """Return the range of nucleus counts for simulated scenes.

    Counts drawn uniformly from this range have the mean and the spread of the counts in windows of
    the images.

    Parameters
    ----------
    found
        Nuclei of each image, at least one per image.
    crop
        Area or volume to which the counts refer, in pixels of the last axis.

    Returns
    -------
    tuple of float
        Smallest and largest number of nuclei per `crop`.
    """
    counts, volumes = [], []
    for nuclei in found:
        weights = weights_of(nuclei)
        # Neither haze, which is faint, nor fragments of irregular shape.
        counted = nuclei.contrast > 0.2 * quantile(nuclei.contrast, 0.5, weights)
        counted &= nuclei.fit > 0.8
        how = RANGES[nuclei.axes.shape[1]]
        side = how.window * quantile(nuclei.radius, 0.5, weights)
        windows = np.maximum(1, np.round(nuclei.extent / side)).astype(int)
        spans = [(0.0, float(extent)) for extent in nuclei.extent]
        number = np.where(nuclei.cut, how.cut_count, 1.0)[counted]
        table, _ = np.histogramdd(nuclei.centres[counted], windows, range=spans, weights=number)
        counts.append(table.ravel())
        volumes.append(np.full(table.size, nuclei.extent.prod() / table.size))
    volume = np.concatenate(volumes)
    density = np.concatenate(counts) / volume
    mean = np.average(density, weights=volume)
    spread = np.sqrt(3 * np.average((density - mean) ** 2, weights=volume))
    # A larger spread would make counts negative; clipping these would raise the mean.
    spread = min(spread, 0.9 * mean)
    return float((mean - spread) * crop), float((mean + spread) * crop)


def scene_radius(low: float, median: float) -> tuple[float, float]:
    """Return the range of radii for simulated scenes, symmetric about the median.

    The largest objects may be several touching nuclei, so the upper end mirrors the lower one.

    Parameters
    ----------
    low, median
        10th percentile and median of the semi-major axes of the nuclei.
    """
    return low, 2 * median - low


def scene_count(
    count: tuple[float, float],
    radius: tuple[float, float],
    eccentricity: tuple[float, float],
    ndim: int,
) -> tuple[float, float]:
    """Return the range of nucleus counts for simulated scenes, from the counts in the images.

    Counts of sparse images are raised, as nearly empty crops teach nothing. The paper does the same
    (Table 9 has three times the count of hela). Those of dense volumes are lowered: ellipsoids that
    fill as much of a scene as the nuclei of a tissue touch on all sides, unlike these.

    Parameters
    ----------
    count
        Smallest and largest number of nuclei per reference crop in the images, see
        :func:`adgan.recipe.groups.reference_size`.
    radius
        Range of semi-major axes in pixels, see :class:`adgan.recipe.groups.SceneSettings`.
    eccentricity
        Range of eccentricities, see there.
    ndim
        Number of axes.

    Returns
    -------
    tuple of float
        Smallest and largest number of nuclei per reference crop.
    """
    flat = np.sqrt(1 - np.mean(eccentricity) ** 2)
    size = ball(float(np.mean(radius)), ndim) * flat ** (ndim - 1)
    covered, whole, how = np.mean(count) * size, reference_size(ndim), RANGES[ndim]
    if not covered > 0:  # no nucleus of the images counts
        return count
    times = np.clip(covered, how.cover_min * whole, how.cover_max * whole) / covered
    return float(count[0] * times), float(count[1] * times)


def contact_fraction(found: list[Nuclei]) -> float:
    """Return the fraction of nuclei with a gap of ``RANGES[ndim].gap`` or less to another."""
    touching = number = 0
    for nuclei in found:
        number += len(nuclei.radius)
        if len(nuclei.radius) < 2:
            continue
        how = RANGES[nuclei.centres.shape[1]]
        near = min(len(nuclei.radius), how.neighbours + 1)
        distance, other = KDTree(nuclei.centres).query(nuclei.centres, near)
        gap = distance[:, 1:] - nuclei.radius[:, None] - nuclei.radius[other[:, 1:]]
        close = gap < how.gap * nuclei.radius[:, None]
        touching += int(np.count_nonzero(close.any(axis=1)))
    return touching / max(number, 1)


def median_interval(values: list[np.ndarray], weights: list[np.ndarray]) -> tuple[float, float]:
    """Return the 90 % interval of the weighted median.

    It is a bootstrap: images are drawn with replacement, and then the nuclei of each image.

    Parameters
    ----------
    values, weights
        One array ``(N,)`` per image.
    """
    rng = generator(0, "sizes")
    medians = []
    for _ in range(200):
        drawn = []
        for i in rng.integers(len(values), size=len(values)):
            drawn.append((i, rng.integers(len(values[i]), size=len(values[i]))))
        pooled = np.concatenate([values[i][rows] for i, rows in drawn])
        pooled_weights = np.concatenate([weights[i][rows] for i, rows in drawn])
        medians.append(quantile(pooled, 0.5, pooled_weights))
    low, high = np.percentile(medians, [5, 95])
    return float(low), float(high)
