"""Training targets from a label map: the output channels of the built-in network."""

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.builtin.settings import TARGETS
from adgan.labels.labelmap import radius_of
from adgan.synth.masks import relative_depth

HEADS = ("foreground", "depth", "contact", "size")
"""Output channels before the offsets, of which there is one per axis."""


def make_targets(labels: np.ndarray) -> dict[str, np.ndarray]:
    """Make the target channels of a label map.

    Parameters
    ----------
    labels
        Label map ``(Z) Y X``.

    Returns
    -------
    dict
        float32 arrays of the shape of `labels`: ``foreground`` is 0 or 1; ``depth`` is the distance
        to the boundary over its maximum in the nucleus; ``contact`` is 1 where two nuclei meet;
        ``size`` is the binary logarithm of the equivalent radius in units of
        :data:`adgan.builtin.settings.TARGETS`. ``offset``, ``ndim (Z) Y X``, is the vector to the
        centre of the nucleus in the same units.
    """
    number, unit = int(labels.max()) + 1, TARGETS[labels.ndim].unit
    inside = labels > 0
    sizes = np.bincount(labels.ravel(), minlength=number)
    radius = radius_of(np.maximum(sizes, 1), labels.ndim)
    size = np.log2(radius / unit)[labels] * inside

    offset = np.zeros((labels.ndim, *labels.shape), np.float32)
    for axis in range(labels.ndim):
        sides = [1] * labels.ndim
        sides[axis] = -1
        place = np.arange(labels.shape[axis], dtype=np.float32).reshape(sides)
        place = np.broadcast_to(place, labels.shape)
        centre = np.bincount(labels.ravel(), place.ravel(), minlength=number)
        offset[axis] = ((centre / np.maximum(sizes, 1))[labels] - place) / unit * inside

    wide = expand_labels(labels, TARGETS[labels.ndim].contact)
    high = ndimage.maximum_filter(wide, 3)
    low = ndimage.minimum_filter(np.where(wide == 0, np.iinfo(wide.dtype).max, wide), 3)
    contact = (high != low) & (wide > 0)
    return {
        "foreground": inside.astype(np.float32),
        "depth": relative_depth(labels).astype(np.float32),
        "contact": contact.astype(np.float32),
        "size": size.astype(np.float32),
        "offset": offset,
    }


def stack_targets(labels: np.ndarray) -> np.ndarray:
    """Return the targets of a label map ``(Z) Y X`` in the order of the output, ``C (Z) Y X``."""
    made = make_targets(labels)
    return np.concatenate([np.stack([made[name] for name in HEADS]), made["offset"]])
