"""Instances from maps in which every pixel points to the middle of its nucleus, any rank.

Pixels of one nucleus vote for one place however the light lies within it; the votes of two nuclei
that touch fall on two places. So textured and lobed nuclei stay whole and touching ones come apart
(Hough voting; Neven et al. 2019, arXiv:1906.11109, learn such offsets).
"""

from dataclasses import dataclass

import cc3d
import numpy as np
from scipy import ndimage
from skimage.morphology import h_maxima
from skimage.segmentation import watershed


@dataclass(frozen=True)
class Maps:
    """What the network says of each pixel, float32 ``(Z) Y X`` at the working scale.

    Attributes
    ----------
    foreground
        Probability of lying in a nucleus.
    depth
        Distance to the nucleus' rim over its own largest, 0 to 1.
    contact
        Probability of lying where two nuclei meet.
    size
        Logarithm to base 2 of its nucleus' radius in `unit`.
    offset
        ``rank (Z) Y X``: the way to the middle of its nucleus, in `unit`.
    unit
        Pixels that sizes and offsets are told in.
    """

    foreground: np.ndarray
    depth: np.ndarray
    contact: np.ndarray
    size: np.ndarray
    offset: np.ndarray
    unit: float


@dataclass(frozen=True)
class Voting:
    """How votes become nuclei.

    Parameters
    ----------
    foreground
        Probability from which a pixel belongs to a nucleus.
    smoothing
        Standard deviation by which votes are smoothed, in units of the maps.
    dip
        Depth of the dip between two places from which they are two nuclei, in square roots of
        the votes that one whole nucleus casts for a single place.
    support
        Votes of a place, as a share of those of a whole nucleus, under which it is none.
    least
        Area or volume of a nucleus, over that of a usual one, under which it is left out.
    """

    foreground: float = 0.5
    smoothing: float = 0.27
    dip: float = 0.04
    support: float = 0.03
    least: float = 0.05


LEVELS = 200
"""Steps in which heights of votes are told, as peaks are sought in whole numbers."""


def find_nuclei(maps: Maps, voting: Voting = Voting()) -> np.ndarray:  # noqa: B008
    """Return the label map that the pixels vote for.

    Parameters
    ----------
    maps
        Of one image or a part of it.
    voting
        Thresholds.

    Returns
    -------
    numpy.ndarray
        uint32 ``(Z) Y X``, each label one connected piece, from 1 without gaps.
    """
    shape, rank, unit = maps.foreground.shape, maps.foreground.ndim, maps.unit
    inside = maps.foreground >= voting.foreground
    if not inside.any():
        return np.zeros(shape, np.uint32)
    place = np.zeros(np.count_nonzero(inside), np.intp)
    for axis, n in enumerate(shape):
        sides = [-1 if a == axis else 1 for a in range(rank)]
        own = np.broadcast_to(np.arange(n, dtype=np.float32).reshape(sides), shape)[inside]
        aim = np.rint(own + unit * maps.offset[axis][inside]).astype(np.intp)
        place = place * n + np.clip(aim, 0, n - 1)

    # All votes of one nucleus add up to about 1, whatever its size.
    weight = 1 / ball(unit * np.exp2(np.clip(maps.size[inside], -3, 3)), rank)
    votes = np.bincount(place, weight, minlength=inside.size).reshape(shape)
    sigma = voting.smoothing * unit
    height = ndimage.gaussian_filter(votes, sigma, truncate=3) * (2 * np.pi * sigma**2) ** (
        rank / 2
    )
    height = np.sqrt(height).astype(np.float32)
    # Peaks that stand out by a dip on all sides, of whole numbers as these are faster to compare.
    steps = np.rint(np.minimum(height, 10) * LEVELS).astype(np.int32)
    peaks = cc3d.connected_components(
        h_maxima(steps, max(1, round(voting.dip * LEVELS))), connectivity=8 if rank == 2 else 26
    )
    heights = ndimage.maximum(height, peaks, np.arange(int(peaks.max()) + 1))
    peaks[(np.asarray(heights) ** 2 < voting.support)[peaks]] = 0
    basins = watershed(-steps, peaks, mask=steps > 0)
    labels = np.zeros(shape, np.uint32)
    labels[inside] = basins.ravel()[place]
    return whole_pieces(labels, voting.least * float(ball(unit, rank)))


def whole_pieces(labels: np.ndarray, least: float) -> np.ndarray:
    """Return connected pieces of at least so many pixels, numbered from 1 without gaps."""
    pieces = cc3d.connected_components(labels, connectivity=4 if labels.ndim == 2 else 6)
    sizes = np.bincount(pieces.ravel())
    keep = sizes >= least
    keep[0] = False
    numbers = np.cumsum(keep) * keep
    return numbers.astype(np.uint32)[pieces]


def ball(radius: np.ndarray | float, rank: int) -> np.ndarray | float:
    """Return the area of a disc or the volume of a ball."""
    return np.pi * radius**2 if rank == 2 else 4 / 3 * np.pi * radius**3
