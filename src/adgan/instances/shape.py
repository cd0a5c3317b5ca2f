"""Fragments of nuclei put together where their union is one nucleus, for several reasons. Any rank.

A nucleus is close to convex; two that touch are not, as their outline turns in where they meet.
It is deepest in its middle; between two that touch the mask has a neck. It is of one brightness,
and not much larger than others. Fragments of a clump are joined, the best pair first, until it
is whole. What is kept of the tree that grows so is the choice of its branches with the highest
value: the sum over nuclei of size times solidity (share of the convex hull), and of what the joins
within each are worth. So a nucleus in three pieces, of which no two look like one, comes out
whole. Numpy only.
"""

import heapq
import itertools
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from adgan.labelmap import regions

TOLERANCE = 0.03
"""Solidity that a join may cost: about what pixels of a working nucleus do to it."""
CONTRAST = 0.15
"""Solidity that a join must gain for each unit of relative difference in brightness."""
NECK = 0.4
"""The same for each radius by which a neck is less deep than the shallower of the two."""
LARGE = 0.03
"""The same for each mean nucleus by which the union is larger than one."""
EAGER = 0.1
"""Solidity that joining a speck to a neighbour may cost."""
SPECK = 0.1
"""Size below which a fragment is a speck, in mean nuclei."""
LARGEST = 2.0
"""Size that a union may not exceed, in mean nuclei."""


@dataclass(frozen=True)
class Clump:
    """Joined fragments: what was measured of them, and how they are best divided into nuclei.

    ``size`` is in pixels, ``light`` the sum of brightness, ``depth`` that of the deepest pixel,
    ``corners`` those of the convex hull, in pixels. ``joins`` is what all joins within are worth
    and ``value`` what the nuclei are, both in pixels; ``nuclei`` lists the labels of each.
    """

    size: int
    light: float
    depth: float
    corners: np.ndarray
    solidity: float
    joins: float
    value: float
    nuclei: tuple[tuple[int, ...], ...]


def merge_fragments(
    labels: np.ndarray, brightness: np.ndarray, depth: np.ndarray, nucleus: float
) -> np.ndarray:
    """Merge touching fragments whose union looks like one nucleus.

    Parameters
    ----------
    labels
        Integer map of fragments.
    brightness
        Of each pixel, not negative, 0 being black; float, of the shape of `labels`.
    depth
        Distance of each pixel to the rim of the mask, in nucleus radii, somewhat smoothed.
    nucleus
        Size of a mean nucleus, in pixels.

    Returns
    -------
    numpy.ndarray
        uint32 map, the lowest label of each union kept.
    """
    necks = _find_necks(labels, depth)
    clumps = _measure(labels, brightness, depth, {label for pair in necks for label in pair})
    around: dict[int, dict[int, float]] = {label: {} for label in clumps}
    queue: list[tuple[float, int, int, Clump]] = []
    beyond = int(labels.max()) + 1
    names = itertools.count(beyond)

    def offer(a: int, b: int, neck: float) -> None:
        around[a][b] = around[b][a] = neck
        one, other = clumps[a], clumps[b]
        if one.size + other.size <= LARGEST * nucleus:
            union = _join(one, other, neck, nucleus)
            gain = union.solidity * union.size + union.joins
            for part in (one, other):
                gain -= part.solidity * part.size + part.joins
            heapq.heappush(queue, (-gain / union.size, a, b, union))

    for (a, b), neck in necks.items():
        offer(a, b, neck)
    while queue:
        _, a, b, union = heapq.heappop(queue)
        if a not in clumps or b not in clumps:
            continue  # one of them was joined since
        name = next(names)
        del clumps[a], clumps[b]
        clumps[name], around[name] = union, {}
        beside = around.pop(a), around.pop(b)
        for other in (beside[0].keys() | beside[1].keys()) - {a, b}:
            neck = max(known.get(other, 0.0) for known in beside)
            for part in (a, b):
                around[other].pop(part, None)
            offer(other, name, neck)

    final = np.arange(beyond, dtype=np.uint32)
    for clump in clumps.values():
        for parts in clump.nuclei:
            final[list(parts)] = min(parts)
    return final[labels]


def _join(one: Clump, other: Clump, neck: float, nucleus: float) -> Clump:
    """Join two clumps, and see whether they are more as one nucleus than as several."""
    size, light = one.size + other.size, one.light + other.light
    # Corners of a union's hull are corners of its parts' hulls.
    corners, solidity = _hull(size, np.concatenate([one.corners, other.corners]))
    worth = TOLERANCE - CONTRAST * _contrast(one, other)
    worth -= NECK * max(min(one.depth, other.depth) - neck, 0)
    worth -= LARGE * max(size / nucleus - 1, 0)
    if min(one.size, other.size) < SPECK * nucleus:
        worth += EAGER
    joins = one.joins + other.joins + size * worth
    value, nuclei = one.value + other.value, one.nuclei + other.nuclei
    if size * solidity + joins > value:
        value, nuclei = size * solidity + joins, (tuple(itertools.chain(*nuclei)),)
    depth = max(one.depth, other.depth)
    return Clump(size, light, depth, corners, solidity, joins, value, nuclei)


def _contrast(one: Clump, other: Clump) -> float:
    """Difference of two mean brightnesses over the larger one, 0 to 1."""
    a, b = one.light / one.size, other.light / other.size
    return abs(a - b) / max(a, b, 1e-6)


def _measure(
    labels: np.ndarray, brightness: np.ndarray, depth: np.ndarray, wanted: set[int]
) -> dict[int, Clump]:
    """Return some regions by their labels."""
    found = regions(np.where(np.isin(labels, list(wanted)), labels, 0))
    if not wanted:
        return {}
    light = np.add.reduceat(brightness.ravel()[found.pixels], found.starts)
    deepest = np.maximum.reduceat(depth.ravel()[found.pixels], found.starts)
    # Along each line only the first and the last pixel can be corners of the hull.
    owner = found.per_pixel(np.arange(len(found.labels)))
    places = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    line = np.column_stack([owner, places[:, :-1]])
    change = (line[1:] != line[:-1]).any(axis=1)
    first, last = np.r_[True, change], np.r_[change, True]
    owner = np.concatenate([owner[first], owner[last]])
    ends = np.concatenate([places[first], places[last] + np.eye(labels.ndim, dtype=int)[-1]])
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(1, len(found.labels)))
    steps = np.array([(*s, 0) for s in itertools.product((0, 1), repeat=labels.ndim - 1)])
    clumps = {}
    for number, points in enumerate(np.split(ends[order], bounds)):
        label, size = int(found.labels[number]), int(found.sizes[number])
        around = (points[:, None] + steps).reshape(-1, labels.ndim)
        corners, solidity = _hull(size, around)
        clumps[label] = Clump(
            size=size,
            light=float(light[number]),
            depth=float(deepest[number]),
            corners=corners,
            solidity=solidity,
            joins=0.0,
            value=size * solidity,
            nuclei=((label,),),
        )
    return clumps


def _hull(size: int, points: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the corners of the convex hull, and the share of it that so many pixels fill."""
    hull = ConvexHull(points)
    return points[hull.vertices], size / hull.volume


def _find_necks(labels: np.ndarray, depth: np.ndarray) -> dict[tuple[int, int], float]:
    """Return pairs of labels with neighbouring pixels, the lower first, and how deep they meet."""
    parts = []
    for axis in range(labels.ndim):
        a, b = (np.moveaxis(labels, axis, 0)[s] for s in (slice(-1), slice(1, None)))
        at = np.nonzero((a != b) & (a > 0) & (b > 0))
        low, high = (np.moveaxis(depth, axis, 0)[s][at] for s in (slice(-1), slice(1, None)))
        pairs = np.sort(np.stack([a[at], b[at]], axis=1), axis=1)
        parts.append((pairs, np.minimum(low, high)))
    pairs, which = np.unique(
        np.concatenate([pairs for pairs, _ in parts]), axis=0, return_inverse=True
    )
    necks = np.full(len(pairs), -np.inf)
    np.maximum.at(necks, which.ravel(), np.concatenate([low for _, low in parts]))
    return {(int(a), int(b)): float(neck) for (a, b), neck in zip(pairs, necks, strict=True)}
