"""Instances from maps in which every pixel points to the middle of its nucleus, any rank.

Pixels of one nucleus vote for one place however the light lies within it; the votes of two nuclei
that touch fall on two places. So textured and lobed nuclei stay whole and touching ones come apart
(Hough voting; Neven et al. 2019, arXiv:1906.11109, learn such offsets).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.instances.basins import find_basins
from adgan.instances.regions import pieces
from adgan.labelmap import ball


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
    fine
        Standard deviations of the smoothing in cells that votes are counted in, at least: finer
        cells would show nothing more.
    faint
        Square root of votes, in those of a whole nucleus, under which a cell belongs to no place.
    """

    foreground: float = 0.5
    smoothing: float = 0.27
    dip: float = 0.08
    support: float = 0.03
    least: float = 0.05
    fine: float = 1.4
    faint: float = 0.0025


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
    sigma = voting.smoothing * unit
    step = max(1, int(sigma / voting.fine))
    grid = tuple(-(-n // step) for n in shape)
    pixels = np.flatnonzero(inside)
    cells = np.zeros(len(pixels), np.intp)
    for axis, own in enumerate(np.unravel_index(pixels, shape)):
        aim = own.astype(np.float32) + np.float32(unit) * maps.offset[axis].ravel()[pixels]
        cell = np.floor((aim + np.float32(0.5)) / np.float32(step))
        cells = cells * grid[axis] + np.clip(cell, 0, grid[axis] - 1).astype(np.intp)

    # All votes of one nucleus add up to about 1, whatever its size.
    weight = 1 / ball(unit * np.exp2(np.clip(maps.size.ravel()[pixels], -3, 3)), rank)
    votes = np.bincount(cells, weight, minlength=math.prod(grid)).astype(np.float32).reshape(grid)
    smooth = ndimage.gaussian_filter(votes, sigma / step, truncate=3)
    height = np.sqrt(smooth * np.float32((2 * np.pi * (sigma / step) ** 2) ** (rank / 2)))
    basins = find_basins(height, height > voting.faint, voting.dip, math.sqrt(voting.support))
    labels = np.zeros(inside.size, np.uint32)
    labels[pixels] = basins.ravel()[cells]
    return whole_pieces(labels.reshape(shape), voting.least * float(ball(unit, rank)))


def whole_pieces(labels: np.ndarray, least: float) -> np.ndarray:
    """Return connected pieces of at least so many pixels, numbered from 1 without gaps."""
    parts = pieces(labels)
    keep = np.bincount(parts.ravel()) >= least
    keep[0] = False
    return (np.cumsum(keep) * keep).astype(np.uint32)[parts]
