"""Each nucleus its own label: from the network's output and a mask to an instance map.

Markers are found at the working scale, where a nucleus spans some twenty pixels; the watershed
that grows them runs at the image's own resolution. Numpy only, any rank.
"""

import cc3d
import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction
from skimage.segmentation import watershed


def find_markers(relief: np.ndarray, mask: np.ndarray, height: float) -> np.ndarray:
    """Label the summits that rise at least `height` above the saddles to higher ones.

    Parameters
    ----------
    relief
        Float ``(Z) Y X``, high in the middle of nuclei.
    mask
        Boolean, where nuclei are.
    height
        The h of h-maxima, in units of the relief.

    Returns
    -------
    numpy.ndarray
        uint32 map of summits, 0 elsewhere; each component of the mask has at least one.
    """
    if not mask.any():
        return np.zeros(mask.shape, np.uint32)
    # Background lies so deep that the summit of every component counts, however low.
    land = np.where(mask, relief, relief[mask].min() - 2 * height).astype(np.float32)
    flooded = reconstruction(land - height, land, method="dilation")
    summits = mask & (land - flooded >= 0.999 * height)
    return components(summits)


def grow(relief: np.ndarray, markers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grow markers downhill to fill a mask: marker-based watershed (paper 4.5).

    Parameters
    ----------
    relief
        Float ``(Z) Y X``.
    markers
        Integer map.
    mask
        Boolean; components without a marker get a label of their own.

    Returns
    -------
    numpy.ndarray
        uint32 instance map.
    """
    labels = watershed(-relief, markers.astype(np.int32), mask=mask).astype(np.uint32)
    orphans = mask & (labels == 0)
    if orphans.any():
        extra = components(orphans)
        labels[orphans] = extra[orphans] + labels.max()
    return labels


def components(mask: np.ndarray) -> np.ndarray:
    """Return the connected components of a mask as a uint32 map."""
    labels = cc3d.connected_components(mask, connectivity=8 if mask.ndim == 2 else 26)
    return np.asarray(labels, np.uint32)


def tidy(labels: np.ndarray, least: float, least_cut: float) -> np.ndarray:
    """Keep the largest piece of each label, fill its holes, drop specks, number from 1.

    Parameters
    ----------
    labels
        Integer instance map.
    least
        Pixels that a nucleus must have.
    least_cut
        Pixels that one cut by the frame must have.

    Returns
    -------
    numpy.ndarray
        uint32, labels without gaps, in scan order.
    """
    out = np.zeros(labels.shape, np.uint32)
    count = 0
    for label, box in enumerate(ndimage.find_objects(labels.astype(np.int32)), start=1):
        if box is None:
            continue
        piece = labels[box] == label
        parts, number = ndimage.label(piece)
        if number > 1:
            piece = parts == np.bincount(parts.ravel())[1:].argmax() + 1
        piece = ndimage.binary_fill_holes(piece)
        cut = any(s.start == 0 or s.stop == n for s, n in zip(box, labels.shape, strict=True))
        if np.count_nonzero(piece) < (least_cut if cut else least):
            continue
        count += 1
        free = piece & (out[box] == 0)
        out[box][free] = count
    return out
