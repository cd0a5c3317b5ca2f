"""What a person mends in a label map, each change as pixels and their new labels.

Nothing is changed here: the caller writes ``labels[change.where] = change.values``, through the
viewer so that it can be undone.
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

SEED = 0
"""Of the starts of the clustering, so that the same split comes out each time."""
WAIST = 0.1
"""Share of the greatest depth by which a waist is less deep than what it parts."""


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
    """Make a nucleus background."""
    where = _pixels(labels, [number])
    return Change(where, np.zeros(len(where[0]), labels.dtype))


def merge(labels: np.ndarray, numbers: Sequence[int]) -> Change:
    """Make several nuclei one, which has the number of the first.

    Raises
    ------
    AdganError
        If fewer than two are given.
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
    """Divide a nucleus; the largest part keeps its number.

    Pieces that do not touch become nuclei each. One in one piece is cut where it is narrow, from
    the places that lie deepest inside; where these are fewer than parts are asked for, across
    its length.

    Parameters
    ----------
    labels
        Label map of any rank.
    number
        Of the nucleus.
    fresh
        First label that is free; further parts take those that follow.
    parts
        How many, of one in one piece.
    sides
        Length of a pixel along each axis; alike when absent.

    Raises
    ------
    AdganError
        If the nucleus has fewer pixels than parts are asked for.
    """
    where = _pixels(labels, [number])
    if len(where[0]) < parts:
        raise AdganError(f"nucleus {number} has {len(where[0])} pixels: too few to be split")
    starts = [int(axis.min()) for axis in where]
    shape = [int(axis.max()) - start + 1 for axis, start in zip(where, starts, strict=True)]
    flat = [axis for axis, side in enumerate(shape) if side > 1]  # a frame of a series is flat
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
    """Divide one piece into so many parts."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=lengths)
    depth = depth[(slice(1, -1),) * mask.ndim]
    summits, number = ndimage.label(h_maxima(depth, WAIST * depth.max()))
    if number >= parts:
        heights = ndimage.maximum(depth, summits, np.arange(1, number + 1))
        deepest = np.argsort(-heights, kind="stable")[:parts] + 1
        markers = np.where(np.isin(summits, deepest), summits, 0)
        return np.asarray(watershed(-depth, markers, mask=mask))
    inside = np.nonzero(mask)
    points = np.column_stack(inside) * lengths
    _, group = kmeans2(points, parts, minit="++", rng=SEED)
    cut = np.zeros(mask.shape, np.int32)
    cut[inside] = group + 1
    return cut
