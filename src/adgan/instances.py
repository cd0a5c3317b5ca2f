"""Each nucleus its own label: from the network's output and a mask to an instance map.

Marker-based watershed (paper 4.5), worked out on whole arrays: every pixel climbs to the summit
above it, and the summits' catchments are joined over the passes between them, highest first.
Numpy only, any rank.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import cc3d
import numpy as np


def find_markers(relief: np.ndarray, mask: np.ndarray, height: float) -> np.ndarray:
    """Label the summits that rise at least `height` above the passes to higher ones.

    Parameters
    ----------
    relief
        Float ``(Z) Y X``, high in the middle of nuclei.
    mask
        Boolean, where nuclei are.
    height
        The h of h-maxima, in units of the relief.

    Returns
    -------
    numpy.ndarray
        uint32 map of summits, one pixel each, 0 elsewhere; each component of the mask has at
        least one.
    """
    land = _climb(relief, mask, np.zeros(mask.shape, np.uint32))
    groups = _Groups(len(land.summits))
    tops = land.height[land.summits].tolist()
    alive = np.ones(len(tops), bool)
    for level, a, b in land.passes():
        a, b = groups.find(a), groups.find(b)
        if a != b:
            low, high = sorted((a, b), key=lambda k: (tops[k], k))
            alive[low] = tops[low] - level >= height
            groups.join(low, high)
    markers = np.zeros(mask.size, np.uint32)
    markers[land.pixels[land.summits[alive]]] = np.arange(1, alive.sum() + 1)
    return markers.reshape(mask.shape)


def grow(relief: np.ndarray, markers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grow markers downhill to fill a mask.

    Parameters
    ----------
    relief
        Float ``(Z) Y X``.
    markers
        Integer map; what lies outside the mask is left out.
    mask
        Boolean; components without a marker get a label of their own.

    Returns
    -------
    numpy.ndarray
        uint32 instance map.
    """
    land = _climb(relief, mask, markers)
    groups = _Groups(land.marked + len(land.summits))
    named = [True] * land.marked + [False] * len(land.summits)
    for _, a, b in land.passes():
        a, b = groups.find(a), groups.find(b)
        if a != b and not (named[a] and named[b]):
            groups.join(*((a, b) if named[b] else (b, a)))
    roots = np.array([groups.find(k) for k in range(len(named))], int)
    names = np.zeros(len(named), np.uint32)
    names[: land.marked] = np.arange(1, land.marked + 1)
    orphans = np.unique(roots[roots >= land.marked])
    names[orphans] = land.marked + 1 + np.arange(len(orphans))
    labels = np.zeros(mask.size, np.uint32)
    labels[land.pixels] = names[roots[land.catchment]]
    return labels.reshape(mask.shape)


def components(mask: np.ndarray) -> np.ndarray:
    """Return the connected components of a mask as a uint32 map."""
    labels = cc3d.connected_components(mask, connectivity=8 if mask.ndim == 2 else 26)
    return np.asarray(labels, np.uint32)


def tidy(labels: np.ndarray, least: float, least_cut: float) -> np.ndarray:
    """Keep the largest piece of each label, fill its holes, drop specks, number from 1.

    Parameters
    ----------
    labels
        Integer instance map.
    least
        Pixels that a nucleus must have.
    least_cut
        Pixels that one cut by the frame must have.

    Returns
    -------
    numpy.ndarray
        uint32, labels without gaps, in the order of those given.
    """
    labels = _without_holes(_largest_pieces(labels.astype(np.uint32)))
    sizes = np.bincount(labels.ravel())
    needed = np.full(len(sizes), max(least, 1))
    for face in _faces(labels):
        needed[face] = max(least_cut, 1)
    large = sizes >= needed
    large[0] = False
    names = (np.cumsum(large) * large).astype(np.uint32)
    # A speck dropped from within a nucleus leaves a hole.
    return _without_holes(names[labels])


def _largest_pieces(labels: np.ndarray) -> np.ndarray:
    """Keep of each label its largest piece, the first of several."""
    pieces = _pieces(labels).ravel()
    sizes = np.bincount(pieces)
    owner = np.zeros(len(sizes), np.uint32)
    owner[pieces] = labels.ravel()
    order = np.lexsort((-sizes, owner))
    owned = owner[order]
    best = order[np.r_[True, owned[1:] != owned[:-1]]]
    kept = np.zeros(len(sizes), np.uint32)
    kept[best] = owner[best]
    return kept[pieces].reshape(labels.shape)


def _without_holes(labels: np.ndarray) -> np.ndarray:
    """Fill background that one label alone encloses."""
    holes = _pieces(labels == 0)
    outside = np.zeros(int(holes.max()) + 1, bool)
    outside[0] = True
    for face in _faces(holes):
        outside[face] = True
    pixels = np.flatnonzero(~outside[holes.ravel()])
    # A hole lies off the frame, so that all neighbours of its pixels are pixels.
    flat, which = labels.ravel(), holes.ravel()[pixels]
    lowest = np.full(len(outside), np.iinfo(np.uint32).max, np.uint32)
    highest = np.zeros(len(outside), np.uint32)
    strides = np.array(labels.strides) // labels.itemsize
    for step in (*strides, *-strides):
        beside = flat[pixels + step]
        rim = beside > 0
        np.minimum.at(lowest, which[rim], beside[rim])
        np.maximum.at(highest, which[rim], beside[rim])
    filled = flat.copy()
    filled[pixels] = np.where(lowest == highest, highest, 0)[which]
    return filled.reshape(labels.shape)


def _pieces(labels: np.ndarray) -> np.ndarray:
    """Number the pieces of every label, connected by faces; 0 stays 0."""
    pieces = cc3d.connected_components(labels, connectivity=4 if labels.ndim == 2 else 6)
    return np.asarray(pieces, np.uint32)


def _faces(array: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the first and the last plane along each axis."""
    for axis, end in itertools.product(range(array.ndim), (0, -1)):
        yield np.take(array, end, axis)


@dataclass(frozen=True)
class _Land:
    """Pixels of a mask and the catchment that each belongs to.

    ``pixels`` are flat indices; ``height`` and ``catchment`` belong to them. Catchments below
    `marked` are those of marker ``catchment + 1``, the others those of ``summits``, positions
    in ``pixels``. ``ridges`` are where two catchments meet: ``(level, a, b)`` arrays.
    """

    pixels: np.ndarray
    height: np.ndarray
    catchment: np.ndarray
    marked: int
    summits: np.ndarray
    ridges: tuple[np.ndarray, np.ndarray, np.ndarray]

    def passes(self) -> Iterator[tuple[float, int, int]]:
        """Yield the highest point between each two neighbours, the highest first."""
        level, a, b = self.ridges
        order = np.argsort(-level, kind="stable")
        pair = np.minimum(a, b).astype(np.int64) * (self.catchment.max(initial=0) + 1)
        first = np.unique((pair + np.maximum(a, b))[order], return_index=True)[1]
        best = order[np.sort(first)]
        yield from zip(level[best].tolist(), a[best].tolist(), b[best].tolist(), strict=True)


def _climb(relief: np.ndarray, mask: np.ndarray, markers: np.ndarray) -> _Land:
    """Let every pixel of a mask climb the steepest way, to a marker or to a summit."""
    # A frame of background lets neighbours be looked up without leaving the array.
    frame = np.pad(mask, 1)
    flat = np.full(frame.size, -np.inf, np.float32)
    pixels = np.flatnonzero(frame)
    height = relief[mask].astype(np.float32)
    flat[pixels] = height
    place = np.zeros(frame.size, np.int32)
    place[pixels] = np.arange(len(pixels), dtype=np.int32)
    strides = np.array(frame.strides) // frame.itemsize
    moves = [int(np.dot(m, strides)) for m in itertools.product((-1, 0, 1), repeat=mask.ndim)]

    marker = markers[mask]
    end = np.arange(len(pixels), dtype=np.int32)
    free = np.flatnonzero(marker == 0)
    start, up, top = pixels[free], pixels[free], height[free]
    for move in moves:
        beside = flat[start + move]
        # On level ground the way leads to the last pixel, so that no path is a ring.
        better = (beside > top) | ((beside == top) & (start + move > up))
        up = np.where(better, start + move, up)
        top = np.where(better, beside, top)
    end[free] = place[up]
    summits = free[end[free] == free]
    while not np.array_equal(further := end[end], end):
        end = further

    marked = int(marker.max(initial=0))
    number = np.zeros(len(end), np.int32)
    number[marker > 0] = marker[marker > 0].astype(np.int32) - 1
    number[summits] = marked + np.arange(len(summits))
    catchment = number[end]

    ridges: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    # Two markers' catchments are never joined: one side of a pass belongs to a summit.
    free = np.flatnonzero(catchment >= marked)
    for move in moves if marked else (m for m in moves if m > 0):
        inside = free[flat[pixels[free] + move] > -np.inf]
        a, b = catchment[inside], catchment[place[pixels[inside] + move]]
        meet = a != b
        inside = inside[meet]
        level = np.minimum(height[inside], flat[pixels[inside] + move])
        ridges.append((level, a[meet], b[meet]))
    level, a, b = (np.concatenate(part) for part in zip(*ridges, strict=True))
    return _Land(np.flatnonzero(mask), height, catchment, marked, summits, (level, a, b))


class _Groups:
    """Disjoint sets of numbers, each known by one of its members."""

    def __init__(self, count: int):
        self.parent = list(range(count))

    def find(self, k: int) -> int:
        """Return the member that the set of `k` is known by."""
        parent = self.parent
        while parent[k] != k:
            parent[k] = k = parent[parent[k]]
        return k

    def join(self, one: int, other: int) -> None:
        """Put the set known by `one` into that known by `other`."""
        self.parent[one] = other
