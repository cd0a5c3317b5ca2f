"""Manual corrections of a label map, each as a set of pixels with their new labels.

Nothing is changed here. The caller writes ``labels[change.where] = change.values`` through the
viewer, so that it can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.cluster.vq import kmeans2
from skimage.morphology import h_maxima
from skimage.segmentation import watershed

from adgan.errors import AdganError
from adgan.instances.regions import components

CLUSTERING_SEED = 0
"""Random seed of the clustering, so that a split is reproducible."""
WAIST_DEPTH_FRACTION = 0.1
"""Depth difference between a part and the waist beside it, relative to the largest depth."""


@dataclass(frozen=True)
class Change:
    """New labels for some pixels.

    Attributes
    ----------
    where
        Indices along each axis of the map, each ``(N,)``.
    values
        The new labels, ``(N,)``.
    """

    where: tuple[np.ndarray, ...]
    values: np.ndarray


def delete(labels: np.ndarray, number: int) -> Change:
    """Turn a nucleus into background."""
    where = _pixels(labels, [number])
    return Change(where, np.zeros(len(where[0]), labels.dtype))


def merge(labels: np.ndarray, numbers: Sequence[int]) -> Change:
    """Merge nuclei into one, which keeps the label of the first.

    Raises
    ------
    AdganError
        If fewer than two nuclei are given.
    """
    if len(set(numbers)) < 2:
        raise AdganError("choose two nuclei to merge: click on one, Shift and click on the other")
    where = _pixels(labels, numbers[1:])
    return Change(where, np.full(len(where[0]), numbers[0], labels.dtype))


def split(
    labels: np.ndarray,
    number: int,
    fresh: int,
    parts: int = 2,
    sides: Sequence[float] | None = None,
) -> Change:
    """Split a nucleus; the largest part keeps its label.

    Separate pieces become one nucleus each. A single piece is cut at its waists by a watershed; if
    it has too few of them for `parts`, its pixels are clustered instead, which cuts it across its
    length.

    Parameters
    ----------
    labels
        Label map, any number of axes.
    number
        Label of the nucleus.
    fresh
        First free label; the other parts get this one and those that follow.
    parts
        Number of parts of a single piece.
    sides
        Pixel size along each axis (default 1).

    Raises
    ------
    AdganError
        If the nucleus has fewer pixels than `parts`.
    """
    where = _pixels(labels, [number])
    if len(where[0]) < parts:
        raise AdganError(f"nucleus {number} has {len(where[0])} pixels: too few to be split")
    starts = [int(axis.min()) for axis in where]
    shape = [int(axis.max()) - start + 1 for axis, start in zip(where, starts, strict=True)]
    flat = [
        axis for axis, side in enumerate(shape) if side > 1
    ]  # such as the time axis of a series
    inside = tuple(where[axis] - starts[axis] for axis in flat)
    mask = np.zeros([shape[axis] for axis in flat], bool)
    mask[inside] = True
    lengths = np.ones(len(flat)) if sides is None else np.asarray(sides, float)[flat]
    pieces = components(mask) if mask.ndim in (2, 3) else ndimage.label(mask)[0]
    if pieces.max(initial=0) < 2:
        pieces = _cut(mask, parts, lengths)
    own = pieces[inside]
    order = np.argsort(-np.bincount(own)[1:], kind="stable") + 1
    numbers = np.zeros(len(order) + 1, labels.dtype)
    numbers[order] = [number, *range(fresh, fresh + len(order) - 1)]
    return Change(where, numbers[own])


def _pixels(labels: np.ndarray, numbers: Sequence[int]) -> tuple[np.ndarray, ...]:
    where = np.nonzero(np.isin(labels, list(numbers)))
    if not len(where[0]):
        raise AdganError(f"there is no nucleus {numbers[0]}: click on one first")
    return where


def _cut(mask: np.ndarray, parts: int, lengths: np.ndarray) -> np.ndarray:
    """Divide a single piece into `parts` parts."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=lengths)
    depth = depth[(slice(1, -1),) * mask.ndim]
    summits, number = ndimage.label(h_maxima(depth, WAIST_DEPTH_FRACTION * depth.max()))
    if number >= parts:
        heights = ndimage.maximum(depth, summits, np.arange(1, number + 1))
        deepest = np.argsort(-heights, kind="stable")[:parts] + 1
        markers = np.where(np.isin(summits, deepest), summits, 0)
        return np.asarray(watershed(-depth, markers, mask=mask))
    inside = np.nonzero(mask)
    points = np.column_stack(inside) * lengths
    _, group = kmeans2(points, parts, minit="++", rng=CLUSTERING_SEED)
    cut = np.zeros(mask.shape, np.int32)
    cut[inside] = group + 1
    return cut
