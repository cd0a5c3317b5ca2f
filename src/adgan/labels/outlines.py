"""Outlines of nuclei as exact polygons along the edges of their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cc3d
import numpy as np
from numpy.typing import ArrayLike, NDArray

from adgan.labels.labelmap import check_labels


@dataclass(frozen=True)
class Outline:
    """One nucleus in one plane.

    Attributes
    ----------
    label : int
        As in the label map.
    plane : int
        Index of the plane along Z; 0 for a 2D map.
    polygons : tuple of tuple of int64 (K, 2)
        One polygon per piece connected by pixel edges. Its first ring is the outer one, the others
        are holes. A ring is an array of corners, x before y, in coordinates in which pixel (y, x)
        covers [x, x + 1] by [y, y + 1]; the first corner is not repeated. Outer rings have
        positive area (counterclockwise if y points up), holes negative.
    """

    label: int
    plane: int
    polygons: tuple[tuple[NDArray[np.int64], ...], ...]

    def placed(self, window: Sequence[slice], first: int) -> Outline:
        """Convert the outline from the coordinates of a window to those of the image.

        Parameters
        ----------
        window : sequence of slice
            Position of the window in the image, ``(Z) Y X``.
        first : int
            Label in the image of label 1 in the window.
        """
        *deep, y, x = (place.start for place in window)
        polygons = tuple(tuple(ring + [x, y] for ring in rings) for rings in self.polygons)
        return Outline(self.label + first - 1, self.plane + sum(deep), polygons)


def trace(labels: ArrayLike) -> list[Outline]:
    """Return the outline of every nucleus, plane by plane, then by label.

    Filling the rings restores the label map. Every polygon is valid as a simple feature
    (ISO 19125): rings do not cross themselves or each other and touch only in single points.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background.

    Raises
    ------
    AdganError
        If `labels` is not a label map.
    """
    array = check_labels(labels)
    planes = array[None] if array.ndim == 2 else array
    return [outline for index, plane in enumerate(planes) for outline in _trace(plane, index)]


def _trace(plane: NDArray[np.integer], index: int) -> list[Outline]:
    pieces = cc3d.connected_components(np.ascontiguousarray(plane), connectivity=4)
    polygons: dict[int, list[NDArray[np.int64]]] = {}
    for ring, piece in _rings(np.pad(pieces.astype(np.int64), 1)):
        # Rings are in raster order of their first pixel. The outer ring contains the first pixel
        # of the piece, so it always comes first.
        polygons.setdefault(piece, []).append(ring)
    by_label: dict[int, list[tuple[NDArray[np.int64], ...]]] = {}
    for rings in polygons.values():
        x, y = rings[0][0]
        by_label.setdefault(int(plane[y, x]), []).append(tuple(rings))
    return [Outline(label, index, tuple(by_label[label])) for label in sorted(by_label)]


def _rings(pieces: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], int]]:
    """Trace every piece of a map with a border of zeros; return each ring and its piece."""
    flat, width = pieces.ravel(), pieces.shape[1]
    ahead = np.array([1, width, -1, -width])  # the headings: right, down, left, up
    inside = np.flatnonzero(flat)
    # A directed edge is (pixel, heading) with the pixel on its right and another piece on its
    # left, coded as 4 * pixel + heading.
    edges = np.sort(
        np.concatenate(
            [
                4 * inside[flat[inside + ahead[heading - 1]] != flat[inside]] + heading
                for heading in range(4)
            ]
        )
    )
    pixel, heading = edges // 4, edges % 4
    front = pixel + ahead[heading]
    front_left = front + ahead[heading - 1]
    # If two pixels of a piece meet only at a corner, turning left joins them, which keeps each
    # ring free of double points: the pixels are connected by edges elsewhere.
    left, straight = flat[front_left] == flat[pixel], flat[front] == flat[pixel]
    next_pixel = np.where(left, front_left, np.where(straight, front, pixel))
    next_heading = (heading + np.where(left, -1, np.where(straight, 0, 1))) % 4
    successor = np.searchsorted(edges, 4 * next_pixel + next_heading)
    corner = np.empty(edges.size, dtype=bool)
    corner[successor] = heading != next_heading
    # The corner from which an edge starts, in the coordinates of the map without its border.
    x = pixel % width - 1 + ((heading == 1) | (heading == 2))
    y = pixel // width - 1 + ((heading == 2) | (heading == 3))
    points = np.stack([x, y], axis=1)
    follow, seen, rings = successor.tolist(), bytearray(edges.size), []
    for first in range(edges.size):
        ring = []
        edge = first
        while not seen[edge]:
            seen[edge] = 1
            ring.append(edge)
            edge = follow[edge]
        if ring:
            turns = np.array(ring)
            rings.append((points[turns[corner[turns]]], int(flat[pixel[first]])))
    return rings
