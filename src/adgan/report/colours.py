"""Colours that colour-blind readers can distinguish, and their assignment to labels.

Source: Okabe and Ito 2008, "Color Universal Design", https://jfly.uni-koeln.de/color/.
"""

import heapq

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import center_of_mass
from scipy.spatial import KDTree

OKABE_ITO = {
    "orange": (230, 159, 0),
    "sky": (86, 180, 233),
    "green": (0, 158, 115),
    "yellow": (240, 228, 66),
    "blue": (0, 114, 178),
    "vermillion": (213, 94, 0),
    "purple": (204, 121, 167),
}
LABEL_COLOURS = np.array(list(OKABE_ITO.values()), np.uint8)
NEAR = 6  # cells of a plane have six neighbours on average

Colour = tuple[int, int, int]


def css(colour: Colour) -> str:
    """Return a colour in CSS notation, ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def colour_labels(labels: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Colour a label map so that neighbours differ; the result is deterministic.

    Each label takes the colour least used by the labels that it touches, then by its nearest
    labels, then by all so far. In a planar map of connected labels, the smallest-last order
    (Matula and Beck 1983, doi:10.1145/2402.322385) places at most five touching labels before
    each, so a colour is always left.

    Parameters
    ----------
    labels
        Integers from 0, ``Y X``.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``; background is black.
    """
    present, index = np.unique(labels, return_inverse=True)
    index = index.reshape(labels.shape)
    nuclei = np.flatnonzero(present).tolist()
    touching, near = _touching(index, present), _near(index, present)
    chosen: dict[int, int] = {}
    used = np.zeros(len(LABEL_COLOURS))
    for label in _smallest_last(nuclei, touching):
        cost = used / (len(nuclei) + 1)
        for weight, neighbours in ((1000.0, touching), (1.0, near)):
            taken = [chosen[other] for other in neighbours.get(label, ()) if other in chosen]
            np.add.at(cost, taken, weight)
        chosen[label] = int(np.argmin(cost))
        used[chosen[label]] += 1
    table = np.zeros((present.size, 3), np.uint8)
    table[list(chosen)] = LABEL_COLOURS[list(chosen.values())]
    return table[index]


def _smallest_last(nodes: list[int], neighbours: dict[int, list[int]]) -> list[int]:
    """Order nodes so that the last has the fewest neighbours, and recursively without it."""
    degree = {node: len(neighbours.get(node, ())) for node in nodes}
    waiting = [(count, node) for node, count in degree.items()]
    heapq.heapify(waiting)
    order = []
    while waiting:
        count, node = heapq.heappop(waiting)
        if degree.get(node) != count:  # outdated: a neighbour was removed since
            continue
        del degree[node]
        order.append(node)
        for other in neighbours.get(node, ()):
            if other in degree:
                degree[other] -= 1
                heapq.heappush(waiting, (degree[other], other))
    return order[::-1]


def _touching(index: NDArray[np.intp], present: NDArray[np.integer]) -> dict[int, list[int]]:
    """Return the labels that share a pixel edge with each label."""
    pairs = []
    for axis in range(index.ndim):
        one = np.moveaxis(index, axis, 0)
        pairs.append(np.column_stack([one[:-1].ravel(), one[1:].ravel()]))
    return _group(np.concatenate(pairs), present)


def _near(index: NDArray[np.intp], present: NDArray[np.integer]) -> dict[int, list[int]]:
    """Return, for each label, those nearest by centre, and those to which it is nearest."""
    count = present.size
    centres = center_of_mass(np.ones(index.shape), index, np.arange(count))
    _, nearest = KDTree(centres).query(centres, k=list(range(1, min(NEAR + 1, count) + 1)))
    pairs = np.column_stack([np.repeat(np.arange(count), nearest.shape[1]), nearest.ravel()])
    return _group(pairs, present)


def _group(pairs: NDArray[np.intp], present: NDArray[np.integer]) -> dict[int, list[int]]:
    """Convert pairs of indices to the neighbours of each label, without the background."""
    real = (pairs[:, 0] != pairs[:, 1]) & (present[pairs] != 0).all(axis=1)
    pairs = np.unique(np.concatenate([pairs[real], pairs[real][:, ::-1]]), axis=0)
    grouped: dict[int, list[int]] = {}
    for one, other in pairs.tolist():
        grouped.setdefault(one, []).append(other)
    return grouped
