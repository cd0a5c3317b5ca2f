"""Colours that colour-blind readers tell apart, and which label takes which of them.

Source: Okabe and Ito 2008, "Color Universal Design", https://jfly.uni-koeln.de/color/.
"""

import numpy as np
from numpy.typing import NDArray
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
    """Return a colour as CSS writes it, ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def colour_labels(labels: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Colour a label map so that neighbours differ, the same way each time.

    Labels take colours in their order, each the one least used by the labels that it
    touches, then by the six nearest ones, then by all so far.

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
    count = present.size
    touching = _touching(index)
    near = _near(index, count)
    chosen = np.zeros(count, np.intp)
    used = np.zeros(len(LABEL_COLOURS), np.intp)
    for label in range(count):
        if present[label] == 0:
            continue
        cost = used.astype(float) / count
        for weight, neighbours in ((1000.0, touching), (1.0, near)):
            earlier = [other for other in neighbours.get(label, ()) if other < label]
            earlier = [other for other in earlier if present[other] != 0]
            np.add.at(cost, chosen[earlier], weight)
        chosen[label] = int(np.argmin(cost))
        used[chosen[label]] += 1
    table = LABEL_COLOURS[chosen]
    table[present == 0] = 0
    return table[index]


def _touching(index: NDArray[np.intp]) -> dict[int, list[int]]:
    """Neighbours of each label that shares a pixel edge with another, background included."""
    pairs = []
    for axis in range(index.ndim):
        one = np.moveaxis(index, axis, 0)
        a, b = one[:-1].ravel(), one[1:].ravel()
        differ = a != b
        pairs.append(np.column_stack([a[differ], b[differ]]))
    both = np.concatenate([*pairs, *(pair[:, ::-1] for pair in pairs)])
    return _group(np.unique(both, axis=0))


def _near(index: NDArray[np.intp], count: int) -> dict[int, list[int]]:
    """The labels of which one is among the other's nearest by centre."""
    size = np.bincount(index.ravel(), minlength=count)
    centres = np.column_stack(
        [
            np.bincount(index.ravel(), weights=place.ravel(), minlength=count) / size
            for place in np.indices(index.shape)
        ]
    )
    _, nearest = KDTree(centres).query(centres, k=list(range(1, min(NEAR + 1, count) + 1)))
    pairs = np.column_stack([np.repeat(np.arange(count), nearest.shape[1]), nearest.ravel()])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return _group(np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0))


def _group(pairs: NDArray[np.intp]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for one, other in pairs.tolist():
        grouped.setdefault(one, []).append(other)
    return grouped
