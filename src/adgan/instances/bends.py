"""Split concave fragments of images by a straight cut at their concavities.

The distance to the boundary of two long nuclei side by side is largest where they touch, so that
the watershed does not split them. But their outline has concavities there, and together they are
larger than almost all convex fragments of the image. In volumes this would cut almost nothing: the
hulls of all fragments would take half of the time of decoding.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from adgan.labels.hull import solidity
from adgan.labels.labelmap import Regions, cut_by_frame, regions
from adgan.recipe.decoding import SplitSettings

ANGLES = np.arange(16) * np.pi / 16
DIRECTIONS = np.stack([np.sin(ANGLES), np.cos(ANGLES)], axis=1)
"""Unit vectors over half of all directions, 11 degrees apart."""


def cut_bent(labels: np.ndarray, speck: float, how: SplitSettings) -> np.ndarray:
    """Cut large concave fragments in two, and their parts again if they are large and concave.

    Parameters
    ----------
    labels
        Integer map of fragments ``Y X``.
    speck
        Size in pixels up to which a fragment does not count for the size of nuclei.
    how
        Which fragments count as one nucleus, and what a cut must gain. Its solidity is the fraction
        of pixel centres in the hull that belong to the fragment; do not compare it with that of
        :mod:`adgan.instances.shape`, which divides by the area of the hull and is lower.

    Returns
    -------
    numpy.ndarray
        uint32; new parts have labels above the existing ones.
    """
    labels = labels.astype(np.uint32)
    found = regions(labels)
    places = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    fragments = np.split(places, found.starts[1:]) if len(found.labels) else []
    solid = _solidities(fragments)
    whole = (solid >= how.solidity) & (found.sizes > speck)
    whole &= ~cut_by_frame(labels)[found.labels]
    if np.count_nonzero(whole) < how.nuclei:
        return labels
    usual = float(np.median(found.sizes[whole]))
    percentile = float(np.percentile(found.sizes[whole], how.percentile))
    large = max(percentile, how.ratio * usual)
    concave = solid < 1 - how.gain
    waiting = [f for f, c in zip(fragments, concave, strict=True) if len(f) > large and c]
    top = int(labels.max())
    while waiting:
        fragment = waiting.pop()
        side = _best_cut(fragment, how.part * usual, how)
        if side is not None:
            top += 1
            labels[tuple(fragment[side].T)] = top
            waiting += [part for part in (fragment[side], fragment[~side]) if len(part) > large]
    return labels


def _best_cut(fragment: np.ndarray, least: float, how: SplitSettings) -> np.ndarray | None:
    """Return which pixels ``(P, 2)`` lie beyond the best cut, or None if no cut is good enough.

    Both parts have at least `least` pixels.
    """
    bends = _bends(fragment, how.concavities)
    sides = [fragment @ way > bend @ way for bend in bends for way in DIRECTIONS]
    sides = [side for side in sides if least <= side.sum() <= len(side) - least]
    if not sides:
        return None
    parts = [fragment[part] for side in sides for part in (side, ~side)]
    worth = _solidities([fragment, *parts]) * [len(part) for part in (fragment, *parts)]
    gains = (worth[1::2] + worth[2::2] - worth[0]) / len(fragment)
    best = int(gains.argmax())
    return sides[best] if gains[best] > how.gain else None


def _bends(fragment: np.ndarray, number: int) -> list[np.ndarray]:
    """Return the `number` outline pixels deepest in the convex hull, apart from each other."""
    corner = fragment.min(axis=0)
    box = np.zeros(fragment.max(axis=0) - corner + 1, bool)
    box[tuple((fragment - corner).T)] = True
    outline = np.argwhere(box & ~ndimage.binary_erosion(box)) + corner
    half = np.concatenate([np.eye(len(corner)), -np.eye(len(corner))]) / 2
    facets = ConvexHull((outline[:, None] + half).reshape(-1, len(corner))).equations
    depth = -(outline @ facets[:, :-1].T + facets[:, -1]).max(axis=1)
    apart = len(fragment) ** 0.5 / 4
    bends = []
    for _ in range(number):
        bends.append(outline[depth.argmax()])
        depth[np.linalg.norm(outline - bends[-1], axis=1) < apart] = -np.inf
    return bends


def _solidities(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the solidity of sets of pixels ``(P, 2)``, each in raster order."""
    sizes = np.array([len(part) for part in parts], int)
    if not len(parts):
        return np.zeros(0)
    names, nothing = np.arange(len(parts)), np.zeros(0, int)
    return solidity(
        Regions((), names, np.cumsum(sizes) - sizes, sizes, nothing), np.concatenate(parts)
    )
