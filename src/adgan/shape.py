"""Fragments of nuclei put together where their union is as convex as they are. Any rank.

A nucleus is close to convex, two that touch are not: where they meet, their outline turns in.
And a nucleus is of one brightness, two that touch seldom are. Fragments are merged, the best pair
first, as long as the union's solidity (its share of its convex hull) does not fall below that of
its parts by more than their brightness allows. Numpy only.
"""

import heapq
import itertools
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

TOLERANCE = 0.015
"""Solidity that a merger may cost: about what pixels of a working nucleus do to it."""
CONTRAST = 0.15
"""Solidity that a merger must gain for each unit of relative difference in brightness."""
EAGER = 0.1
"""Solidity that joining a speck to a neighbour may cost."""


@dataclass(frozen=True)
class Fragment:
    """A region: pixels, sum of its brightness, corners of its convex hull in pixels, solidity."""

    size: int
    light: float
    corners: np.ndarray
    solidity: float


def merge_fragments(
    labels: np.ndarray, brightness: np.ndarray, speck: float, largest: float
) -> np.ndarray:
    """Merge touching fragments whose union is no less convex than they are.

    Parameters
    ----------
    labels
        Integer map of fragments.
    brightness
        Of each pixel, not negative, 0 being black; float, of the shape of `labels`.
    speck
        Pixels below which a fragment joins a neighbour even where that costs convexity.
    largest
        Pixels that a union may not exceed.

    Returns
    -------
    numpy.ndarray
        uint32 map, the lowest label of each union kept.
    """
    touching = _touching(labels)
    fragments = _measure(labels, brightness, {label for pair in touching for label in pair})
    neighbours: dict[int, set[int]] = {label: set() for label in fragments}
    queue: list[tuple[float, int, int]] = []
    names = itertools.count(int(labels.max(initial=0)) + 1)
    parent: dict[int, int] = {}

    def offer(a: int, b: int) -> None:
        one, other = fragments[a], fragments[b]
        if one.size + other.size > largest:
            return
        union = _union(one, other)
        apart = (one.size * one.solidity + other.size * other.solidity) / union.size
        gain = union.solidity - apart + TOLERANCE - CONTRAST * _contrast(one, other)
        if min(one.size, other.size) < speck:
            gain += EAGER
        if gain > 0:
            heapq.heappush(queue, (-gain, a, b))

    for a, b in touching:
        neighbours[a].add(b)
        neighbours[b].add(a)
        offer(a, b)
    while queue:
        _, a, b = heapq.heappop(queue)
        if a not in neighbours or b not in neighbours:
            continue  # one of them was merged since
        union = next(names)
        parent[a] = parent[b] = union
        fragments[union] = _union(fragments[a], fragments[b])
        around = (neighbours.pop(a) | neighbours.pop(b)) - {a, b}
        neighbours[union] = around
        for other in around:
            neighbours[other] = (neighbours[other] - {a, b}) | {union}
            offer(union, other)

    final = np.arange(labels.max(initial=0) + 1, dtype=np.uint32)
    lowest: dict[int, int] = {}
    for label in sorted(label for label in parent if label < len(final)):
        root = label
        while root in parent:
            root = parent[root]
        final[label] = lowest.setdefault(root, label)
    return final[labels]


def _contrast(one: Fragment, other: Fragment) -> float:
    """Difference of two mean brightnesses over the larger one, 0 to 1."""
    a, b = one.light / one.size, other.light / other.size
    return abs(a - b) / max(a, b, 1e-6)


def _measure(labels: np.ndarray, brightness: np.ndarray, wanted: set[int]) -> dict[int, Fragment]:
    """Return some regions by their labels."""
    fragments = {}
    for label, box in enumerate(ndimage.find_objects(labels.astype(np.int32)), start=1):
        if box is None or label not in wanted:
            continue
        piece = labels[box] == label
        # Along each line only the first and the last pixel can be corners of the hull.
        lines = np.argwhere(piece.any(axis=-1))
        rows = piece[tuple(lines.T)]
        first, last = rows.argmax(axis=-1), rows.shape[1] - rows[:, ::-1].argmax(axis=-1)
        ends = np.concatenate([np.c_[lines, first], np.c_[lines, last]])
        steps = np.array([(*s, 0) for s in itertools.product((0, 1), repeat=piece.ndim - 1)])
        corners = (ends[:, None] + steps).reshape(-1, piece.ndim)
        start = [s.start for s in box]
        light = float(brightness[box][piece].sum())
        fragments[label] = _fragment(int(np.count_nonzero(piece)), light, corners + start)
    return fragments


def _fragment(size: int, light: float, corners: np.ndarray) -> Fragment:
    hull = ConvexHull(corners)
    return Fragment(size, light, corners[hull.vertices], size / hull.volume)


def _union(one: Fragment, other: Fragment) -> Fragment:
    # Corners of a union's hull are corners of its parts' hulls.
    corners = np.concatenate([one.corners, other.corners])
    return _fragment(one.size + other.size, one.light + other.light, corners)


def _touching(labels: np.ndarray) -> list[tuple[int, int]]:
    """Return pairs of labels with neighbouring pixels, each once, the lower first."""
    pairs = []
    for axis in range(labels.ndim):
        a = np.moveaxis(labels, axis, 0)[:-1].ravel()
        b = np.moveaxis(labels, axis, 0)[1:].ravel()
        differ = (a != b) & (a > 0) & (b > 0)
        pairs.append(np.sort(np.stack([a[differ], b[differ]], axis=1), axis=1))
    return [(int(a), int(b)) for a, b in np.unique(np.concatenate(pairs), axis=0)]
