"""Grow labels to fill a mask by marker-based watershed (paper 4.5), and clean up label maps."""

import cc3d
import numpy as np
from scipy import ndimage
from skimage.segmentation import watershed

from adgan.labels.labelmap import cut_by_frame


def grow(relief: np.ndarray, markers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grow markers downhill to fill a mask: marker-based watershed (paper 4.5).

    Parameters
    ----------
    relief
        Float ``(Z) Y X``.
    markers
        Integer map; markers outside the mask are ignored.
    mask
        Boolean; components without a marker get a label of their own.

    Returns
    -------
    numpy.ndarray
        uint32 label map.
    """
    labels = np.where(mask, markers, 0).astype(np.int32)
    empty = mask & (labels == 0)
    # Only labelled pixels beside empty ones can grow; the others need not enter the queue.
    around = np.ones((3,) * mask.ndim, bool)
    active = ndimage.binary_dilation(empty, around) & mask
    grown = watershed(-relief, np.where(active, labels, 0), connectivity=around, mask=active)
    labels[empty] = grown[empty]
    orphans = components(mask & (labels == 0))
    return np.where(orphans > 0, orphans + labels.max(), labels).astype(np.uint32)


def components(mask: np.ndarray) -> np.ndarray:
    """Return the connected components of a mask as a uint32 map."""
    # As bytes: with Booleans cc3d 4.1 miscounts, or fails, at odd sizes.
    labels = cc3d.connected_components(
        mask.astype(np.uint8), connectivity=8 if mask.ndim == 2 else 26
    )
    return np.asarray(labels, np.uint32)


def tidy(labels: np.ndarray, least: float, least_cut: float) -> np.ndarray:
    """Keep the largest piece of each label, fill its holes, remove specks, and relabel.

    Parameters
    ----------
    labels
        Integer label map.
    least
        Smallest size of a nucleus, in pixels.
    least_cut
        Smallest size of a nucleus that touches the image border, in pixels.

    Returns
    -------
    numpy.ndarray
        uint32, labels from 1 without gaps, in the original order.
    """
    labels = without_holes(largest_pieces(labels.astype(np.uint32)))
    sizes = np.bincount(labels.ravel())
    needed = np.full(len(sizes), max(least, 1))
    needed[cut_by_frame(labels)] = max(least_cut, 1)
    large = sizes >= needed
    large[0] = False
    names = (np.cumsum(large) * large).astype(np.uint32)
    # A speck removed from within a nucleus leaves a hole.
    return without_holes(names[labels])


def largest_pieces(labels: np.ndarray) -> np.ndarray:
    """Keep the largest piece of each label; of equal ones the first."""
    parts = pieces(labels).ravel()
    sizes = np.bincount(parts)
    owner = np.zeros(len(sizes), np.uint32)
    owner[parts] = labels.ravel()
    order = np.lexsort((-sizes, owner))
    owned = owner[order]
    best = order[1:][owned[1:] != owned[:-1]]  # the first is the background, which stays 0
    kept = np.zeros(len(sizes), np.uint32)
    kept[best] = owner[best]
    return kept[parts].reshape(labels.shape)


def without_holes(labels: np.ndarray) -> np.ndarray:
    """Fill holes that a single label encloses."""
    holes = pieces((labels == 0).astype(np.uint8))
    outside = cut_by_frame(holes)
    outside[0] = True
    pixels = np.flatnonzero(~outside[holes.ravel()])
    # Holes do not reach the image border: each of their pixels has all neighbours.
    flat, which = labels.ravel(), holes.ravel()[pixels]
    lowest = np.full(len(outside), np.iinfo(np.uint32).max, np.uint32)
    highest = np.zeros(len(outside), np.uint32)
    strides = np.array(labels.strides) // labels.itemsize
    for step in (*strides, *-strides):
        beside = flat[pixels + step]
        rim = beside > 0
        np.minimum.at(lowest, which[rim], beside[rim])
        np.maximum.at(highest, which[rim], beside[rim])
    filled = flat.copy()
    filled[pixels] = np.where(lowest == highest, highest, 0)[which]
    return filled.reshape(labels.shape)


def pieces(labels: np.ndarray) -> np.ndarray:
    """Number the pieces of all labels, connected by edges (2D) or faces (3D); 0 stays 0.

    A mask is given as bytes: with Booleans cc3d 4.1 miscounts, or fails, at odd sizes.
    """
    numbered = cc3d.connected_components(labels, connectivity=4 if labels.ndim == 2 else 6)
    return np.asarray(numbered, np.uint32)
