"""The solidity of a nucleus: the fraction of its convex hull that it fills."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from adgan.labels.labelmap import Regions

# Corners are multiples of 1/2, so a centre outside the hull is farther away than rounding errors.
_TOLERANCE = 1e-7


def solidity(found: Regions, coordinates: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the fraction of the pixel centres in its convex hull that are of the nucleus, (N,).

    The hull is that of the midpoints of the pixels' edges (2D) or faces (3D), as in scikit-image.
    So the hull of a flat nucleus or a single pixel has a volume, too, and a straight row of pixels
    has solidity 1. The value does not depend on the pixel size.

    Parameters
    ----------
    found : Regions
        The N nuclei.
    coordinates : int64, (P, ndim)
        Coordinates of `found.pixels`.
    """
    nucleus = np.repeat(np.arange(found.labels.size), found.sizes)
    line = np.column_stack([nucleus, coordinates[:, :-1]])
    change = (line[1:] != line[:-1]).any(axis=1)
    ends = np.r_[True, change][: len(line)] | np.r_[change, True][: len(line)]
    nucleus, coordinates = nucleus[ends], coordinates[ends]
    count = _centres_2d if coordinates.shape[1] == 2 else _centres_nd
    return found.sizes / count(nucleus, coordinates, found.labels.size)


def _centres_2d(
    nucleus: NDArray[np.int64], coordinates: NDArray[np.int64], number: int
) -> NDArray[np.float64]:
    """Count the pixel centres in each hull, for all nuclei at once, in exact integers, (N,)."""
    inside = np.zeros(number)
    owner = np.repeat(nucleus, 3)
    for side in (1, -1):
        # Doubled coordinates of the midpoints: right (or left) of, above and below the pixel.
        row = (2 * coordinates[:, :1] + np.array([0, -1, 1])).ravel()
        reach = (2 * side * coordinates[:, 1:] + np.array([1, 0, 0])).ravel()
        kept = _majorant(owner, row, reach)
        group, row, reach = owner[kept], row[kept], reach[kept]
        # Pixel rows (even) that each segment of the majorant covers, including its first row.
        same = group[1:] == group[:-1]
        top, bottom = row[:-1][same], row[1:][same]
        first = (top + 1) // 2
        rows = (bottom + 1) // 2 - first
        piece = np.repeat(np.arange(rows.size), rows)
        step = np.arange(piece.size) - np.repeat(np.cumsum(rows) - rows, rows) + first[piece]
        height = (bottom - top)[piece]
        rise = (reach[1:] - reach[:-1])[same][piece]
        last = (reach[:-1][same][piece] * height + rise * (2 * step - top[piece])) // (2 * height)
        inside += np.bincount(group[:-1][same][piece], last, number)
        inside += np.bincount(group[:-1][same][piece], minlength=number) / 2
    return inside


def _centres_nd(
    nucleus: NDArray[np.int64], coordinates: NDArray[np.int64], number: int
) -> NDArray[np.float64]:
    """Count the voxel centres in each hull, one nucleus after the other, (N,)."""
    ndim = coordinates.shape[1]
    for axis in range(ndim):
        # A corner of the hull is also a corner in every plane section, which has only a few.
        across, along = (other for other in range(ndim) if other != axis)
        cut = nucleus * (coordinates[:, axis].max(initial=0) + 1) + coordinates[:, axis]
        row, reach = coordinates[:, across], coordinates[:, along]
        kept = np.union1d(_majorant(cut, row, reach), _majorant(cut, row, -reach))
        nucleus, coordinates = nucleus[kept], coordinates[kept]
    bounds = np.searchsorted(nucleus, np.arange(number + 1)).tolist()
    pieces = zip(bounds[:-1], bounds[1:], strict=True)
    return np.array([_centres_in_hull(coordinates[start:stop]) for start, stop in pieces])


def _majorant(
    group: NDArray[np.int64], row: NDArray[np.int64], reach: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the indices of the corners of the least concave function over `reach`.

    There is one function of `row` per group; the indices are ordered by group, then row.
    """
    kept = np.lexsort((reach, row, group))
    g, r = group[kept], row[kept]
    kept = kept[np.r_[(g[1:] != g[:-1]) | (r[1:] != r[:-1]), True][: kept.size]]
    while True:
        g, r, v = group[kept], row[kept], reach[kept]
        # A point on or below the line between its neighbours is not a corner.
        inner = (g[2:] == g[1:-1]) & (g[:-2] == g[1:-1])
        turn = (v[1:-1] - v[:-2]) * (r[2:] - r[1:-1]) - (v[2:] - v[1:-1]) * (r[1:-1] - r[:-2])
        hidden = inner & (turn <= 0)
        if not hidden.any():
            return kept
        kept = np.delete(kept, 1 + np.flatnonzero(hidden))


def _centres_in_hull(voxels: NDArray[np.int64]) -> int:
    """Count the voxel centres within the convex hull of `voxels`, int (K, ndim)."""
    voxels = voxels - voxels.min(axis=0)
    ndim = voxels.shape[1]
    half = np.concatenate([np.eye(ndim), -np.eye(ndim)]) / 2
    facets = ConvexHull((voxels[:, None] + half).reshape(-1, ndim)).equations
    # A centre p is inside if normal . p + offset <= 0 for every facet. Along a line of the last
    # axis, each facet bounds p from above or below, or includes or excludes the whole line.
    lines = np.indices(voxels.max(axis=0)[:-1] + 1).reshape(ndim - 1, -1)
    slope = facets[:, ndim - 1 : ndim]
    rest = facets[:, : ndim - 1] @ lines + facets[:, ndim:]
    above, below = slope[:, 0] > _TOLERANCE, slope[:, 0] < -_TOLERANCE
    last = np.floor((-rest[above] / slope[above]).min(axis=0) + _TOLERANCE)
    first = np.ceil((-rest[below] / slope[below]).max(axis=0) - _TOLERANCE)
    crossed = (rest[~above & ~below] <= _TOLERANCE).all(axis=0)
    return int(np.maximum(last - first + 1, 0)[crossed].sum())
