"""Merge fragments whose union looks like one nucleus, in 2D or 3D.

A nucleus is nearly convex; two touching ones are not, as their outline has concavities where they
meet. A nucleus is deepest in its middle; between two touching ones the mask has a neck. A nucleus
has one brightness and is not much larger than the others. The fragments of a clump are joined, the
best pair first, until all are joined. In the resulting tree the set of branches with the highest
value is taken as nuclei. The value is the sum over nuclei of size times solidity (fraction of the
convex hull) and of the worth of the joins within each. So a nucleus in three pieces, no two of
which look like a nucleus, is recovered.
"""

import heapq
import itertools
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from adgan.labels.labelmap import regions
from adgan.recipe.decoding import MergeSettings


@dataclass(frozen=True)
class Clump:
    """Joined fragments: their measurements, and the best way to divide them into nuclei.

    Attributes
    ----------
    size
        Number of pixels.
    light, depth
        Summed brightness, and largest depth in the mask.
    corners
        Corners of the convex hull, in pixels.
    solidity
        Fraction of the convex hull that it fills.
    joins, value
        Worth of all joins, and of the nuclei, in pixels.
    nuclei
        Fragment labels of each nucleus.
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
    labels: np.ndarray,
    brightness: np.ndarray,
    depth: np.ndarray,
    nucleus: float,
    how: MergeSettings,
) -> np.ndarray:
    """Merge touching fragments whose union looks like one nucleus.

    Parameters
    ----------
    labels
        Integer map of fragments.
    brightness
        Brightness of each pixel, at least 0, where 0 is black; float, of the shape of `labels`.
    depth
        Distance of each pixel to the boundary of the mask, in nucleus radii, slightly smoothed.
    nucleus
        Size of a mean nucleus, in pixels.
    how
        What a join may lose, and must gain, in solidity.

    Returns
    -------
    numpy.ndarray
        uint32 map, where each union has the lowest label of its fragments.
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
        if one.size + other.size <= how.largest * nucleus:
            union = _join(one, other, neck, nucleus, how)
            gain = union.solidity * union.size + union.joins
            for part in (one, other):
                gain -= part.solidity * part.size + part.joins
            heapq.heappush(queue, (-gain / union.size, a, b, union))

    for (a, b), neck in necks.items():
        offer(a, b, neck)
    while queue:
        _, a, b, union = heapq.heappop(queue)
        if a not in clumps or b not in clumps:
            continue  # one of them has been joined already
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


def _join(one: Clump, other: Clump, neck: float, nucleus: float, how: MergeSettings) -> Clump:
    """Join two clumps; the union is one nucleus if that has a higher value than several."""
    size, light = one.size + other.size, one.light + other.light
    # The corners of the hull of a union are among those of the hulls of its parts.
    corners, solidity = _hull(size, np.concatenate([one.corners, other.corners]))
    worth = how.loss - how.contrast * _contrast(one, other)
    worth -= how.neck * max(min(one.depth, other.depth) - neck, 0)
    worth -= how.excess * max(size / nucleus - 1, 0)
    if min(one.size, other.size) < how.speck * nucleus:
        worth += how.speck_loss
    joins = one.joins + other.joins + size * worth
    value, nuclei = one.value + other.value, one.nuclei + other.nuclei
    if size * solidity + joins > value:
        value, nuclei = size * solidity + joins, (tuple(itertools.chain(*nuclei)),)
    depth = max(one.depth, other.depth)
    return Clump(size, light, depth, corners, solidity, joins, value, nuclei)


def _contrast(one: Clump, other: Clump) -> float:
    """Return the difference of the two mean brightnesses over the larger one, 0 to 1."""
    a, b = one.light / one.size, other.light / other.size
    return abs(a - b) / max(a, b, 1e-6)


def _measure(
    labels: np.ndarray, brightness: np.ndarray, depth: np.ndarray, wanted: set[int]
) -> dict[int, Clump]:
    """Return the clump of each wanted label."""
    found = regions(np.where(np.isin(labels, list(wanted)), labels, 0))
    if not wanted:
        return {}
    light = np.add.reduceat(brightness.ravel()[found.pixels], found.starts)
    deepest = np.maximum.reduceat(depth.ravel()[found.pixels], found.starts)
    # Only the first and the last pixel of each line can be corners of the hull.
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
    """Return the corners of the convex hull of points, and the fraction that `size` pixels fill."""
    hull = ConvexHull(points)
    return points[hull.vertices], size / hull.volume


def _find_necks(labels: np.ndarray, depth: np.ndarray) -> dict[tuple[int, int], float]:
    """Return the largest depth at which each pair of labels meets, the lower label first."""
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
