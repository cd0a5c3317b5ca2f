"""Decode instances from maps in which every pixel points to the centre of its nucleus.

All pixels of a nucleus vote for one place, whatever its texture; the pixels of two touching nuclei
vote for two places. So textured and lobed nuclei stay whole, and touching ones are separated. This
is Hough voting; Neven et al. 2019 (arXiv:1906.11109) learn such offsets.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.instances.basins import find_basins
from adgan.instances.regions import pieces
from adgan.labels.labelmap import ball


@dataclass(frozen=True)
class Maps:
    """Output of the network for each pixel, float32 ``(Z) Y X`` at the working scale.

    Attributes
    ----------
    foreground
        Probability of being in a nucleus.
    depth
        Distance to the boundary of the nucleus over its maximum in the nucleus, 0 to 1.
    contact
        Probability of being where two nuclei meet.
    size
        Binary logarithm of the radius of the nucleus, in `unit`.
    offset
        Vector to the centre of the nucleus, in `unit`, ``ndim (Z) Y X``.
    unit
        Unit of sizes and offsets, in pixels.
    """

    foreground: np.ndarray
    depth: np.ndarray
    contact: np.ndarray
    size: np.ndarray
    offset: np.ndarray
    unit: float


@dataclass(frozen=True)
class Voting:
    """Parameters that turn votes into nuclei.

    Parameters
    ----------
    foreground
        Foreground probability threshold.
    smoothing
        Standard deviation of the Gaussian that smooths the votes, in units of the maps.
    dip
        Depth of the dip between two peaks from which they are two nuclei, in square roots of votes;
        the peak of a nucleus whose pixels all vote for one place is 1.
    support
        Smallest peak of a nucleus, in votes, as a fraction of that of such a nucleus.
    least
        Smallest area or volume of a nucleus, relative to that of a nucleus of one unit radius.
    fine
        Smallest standard deviation of the Gaussian, in cells of the grid on which votes are
        counted; a finer grid would show nothing more.
    faint
        Square root of votes below which a cell belongs to no nucleus, in the same unit as `dip`.
    """

    foreground: float = 0.5
    smoothing: float = 0.27
    dip: float = 0.08
    support: float = 0.03
    least: float = 0.05
    fine: float = 1.4
    faint: float = 0.0025


def find_nuclei(maps: Maps, voting: Voting = Voting()) -> np.ndarray:  # noqa: B008
    """Decode maps into a label map.

    Parameters
    ----------
    maps
        Output of the network for an image or a part of it.
    voting
        Parameters of the voting.

    Returns
    -------
    numpy.ndarray
        uint32 ``(Z) Y X``, labels from 1 without gaps, each of one connected piece.
    """
    shape, ndim, unit = maps.foreground.shape, maps.foreground.ndim, maps.unit
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

    # The votes of a nucleus add up to about 1, whatever its size.
    weight = 1 / ball(unit * np.exp2(np.clip(maps.size.ravel()[pixels], -3, 3)), ndim)
    votes = np.bincount(cells, weight, minlength=math.prod(grid)).astype(np.float32).reshape(grid)
    smooth = ndimage.gaussian_filter(votes, sigma / step, truncate=3)
    height = np.sqrt(smooth * np.float32((2 * np.pi * (sigma / step) ** 2) ** (ndim / 2)))
    basins = find_basins(height, height > voting.faint, voting.dip, math.sqrt(voting.support))
    labels = np.zeros(inside.size, np.uint32)
    labels[pixels] = basins.ravel()[cells]
    return whole_pieces(labels.reshape(shape), voting.least * float(ball(unit, ndim)))


def whole_pieces(labels: np.ndarray, least: float) -> np.ndarray:
    """Return the connected pieces of at least `least` pixels, numbered from 1 without gaps."""
    parts = pieces(labels)
    keep = np.bincount(parts.ravel()) >= least
    keep[0] = False
    return (np.cumsum(keep) * keep).astype(np.uint32)[parts]
