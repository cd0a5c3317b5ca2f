"""Bent fragments cut straight across at their bends, where no dip of the relief does it. Any rank.

Two long nuclei side by side are deepest where they touch, so the relief rises there. But their
outline turns in, and together they are larger than nearly all convex fragments of the image.
"""

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from adgan.hull import solidity
from adgan.labelmap import Regions, cut_by_frame, regions

CONVEX = {2: 0.94, 3: 0.88}
"""Solidity from which on a fragment is taken for a whole nucleus; voxels are the coarser ones."""
FEW = 10
"""Whole nuclei without which nothing is known of their sizes, and nothing is cut."""
LARGE = 95.0
"""Percentile of their sizes beyond which a fragment may be several nuclei."""
TIMES = 1.3
"""Times the median that it must have too, as their sizes may hardly differ."""
GAIN = 0.03
"""Solidity that a cut must gain: the share of the pixel centres within the hull. The measure of
:mod:`adgan.instances.shape`, whose tolerance is its own, divides by the volume of the hull and is
less: for a ball by .07 at a radius of 10 voxels, by .18 at 4."""
LEAST = 0.3
"""Size of either part, in median nuclei."""
BENDS = 2
"""Places at which a fragment is cut on trial, the deepest first."""


def cut_bent(labels: np.ndarray, speck: float) -> np.ndarray:
    """Cut large bent fragments in two, and again what is still large and bent.

    Parameters
    ----------
    labels
        Integer map of fragments ``(Z) Y X``.
    speck
        Pixels up to which a fragment says nothing of the size of nuclei.

    Returns
    -------
    numpy.ndarray
        uint32; new parts have numbers beyond those there are.
    """
    labels = labels.astype(np.uint32)
    found = regions(labels)
    places = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    fragments = np.split(places, found.starts[1:]) if len(found.labels) else []
    solid = _solidities(fragments)
    whole = (solid >= CONVEX[labels.ndim]) & (found.sizes > speck)
    whole &= ~cut_by_frame(labels)[found.labels]
    if np.count_nonzero(whole) < FEW:
        return labels
    usual = float(np.median(found.sizes[whole]))
    large = max(float(np.percentile(found.sizes[whole], LARGE)), TIMES * usual)
    waiting = [f for f, s in zip(fragments, solid, strict=True) if len(f) > large and s < 1 - GAIN]
    top = int(labels.max())
    while waiting:
        fragment = waiting.pop()
        side = _best_cut(fragment, LEAST * usual)
        if side is not None:
            top += 1
            labels[tuple(fragment[side].T)] = top
            waiting += [part for part in (fragment[side], fragment[~side]) if len(part) > large]
    return labels


def _best_cut(fragment: np.ndarray, least: float) -> np.ndarray | None:
    """Return which pixels ``(P, rank)`` lie beyond the best cut, None where none is worth it."""
    ways = _directions(fragment.shape[1])
    sides = [fragment @ way > bend @ way for bend in _bends(fragment) for way in ways]
    sides = [side for side in sides if least <= side.sum() <= len(side) - least]
    if not sides:
        return None
    parts = [fragment[part] for side in sides for part in (side, ~side)]
    worth = _solidities([fragment, *parts]) * [len(part) for part in (fragment, *parts)]
    gains = (worth[1::2] + worth[2::2] - worth[0]) / len(fragment)
    best = int(gains.argmax())
    return sides[best] if gains[best] > GAIN else None


def _bends(fragment: np.ndarray) -> list[np.ndarray]:
    """Return the pixels of the outline that lie deepest within the convex hull, some way apart."""
    corner = fragment.min(axis=0)
    box = np.zeros(fragment.max(axis=0) - corner + 1, bool)
    box[tuple((fragment - corner).T)] = True
    outline = np.argwhere(box & ~ndimage.binary_erosion(box)) + corner
    half = np.concatenate([np.eye(len(corner)), -np.eye(len(corner))]) / 2
    facets = ConvexHull((outline[:, None] + half).reshape(-1, len(corner))).equations
    depth = -(outline @ facets[:, :-1].T + facets[:, -1]).max(axis=1)
    apart = len(fragment) ** (1 / fragment.shape[1]) / 4
    bends = []
    for _ in range(BENDS):
        bends.append(outline[depth.argmax()])
        depth[np.linalg.norm(outline - bends[-1], axis=1) < apart] = -np.inf
    return bends


@cache
def _directions(rank: int) -> np.ndarray:
    """Return unit vectors that cover half of all directions, about twelve degrees apart in 2D."""
    if rank == 2:
        angles = np.arange(16) * np.pi / 16
        return np.stack([np.sin(angles), np.cos(angles)], axis=1)
    grid = np.array([v for v in itertools.product(range(-2, 3), repeat=rank) if v > (0,) * rank])
    units = grid / np.linalg.norm(grid, axis=1, keepdims=True)
    return np.unique(units.round(6), axis=0)


def _solidities(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the solidity of sets of pixels ``(P, rank)``, each in raster order."""
    sizes = np.array([len(part) for part in parts], int)
    if not len(parts):
        return np.zeros(0)
    names, nothing = np.arange(len(parts)), np.zeros(0, int)
    return solidity(
        Regions((), names, np.cumsum(sizes) - sizes, sizes, nothing), np.concatenate(parts)
    )
