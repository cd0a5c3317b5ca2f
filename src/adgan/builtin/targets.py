"""What the network learns of a label map: one channel per question, any rank."""

import edt
import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.labelmap import radius_of

HEADS = ("foreground", "depth", "contact", "size")
"""Channels before the offsets, of which there is one per axis."""
UNIT = {2: 11.0, 3: 6.0}
"""Pixels in which offsets and sizes are told, by rank: about the radius of nuclei at the working
size. Volumes are seen at half of the size, as each voxel costs three times what a pixel does."""
REACH = {2: 2.0, 3: 1.0}
"""Pixels from a nucleus within which another one counts as in contact with it, by rank."""


def make_targets(
    labels: np.ndarray, spacing: tuple[float, ...] | None = None
) -> dict[str, np.ndarray]:
    """Return the channels that a label map should give.

    Parameters
    ----------
    labels
        ``(Z) Y X`` instance map.
    spacing
        Size of a pixel along each axis, the last being 1; 1 when absent.

    Returns
    -------
    dict
        float32 arrays of the shape of `labels`: ``foreground`` 0 or 1; ``depth``, the distance to
        the rim over the nucleus' own largest; ``contact``, 1 where two nuclei meet; ``size``, the
        logarithm to base 2 of the radius of a ball of equal size, in :data:`UNIT`. ``offset``
        is ``rank (Z) Y X``, the way to the nucleus' centre in the same unit.
    """
    spacing = spacing or (1.0,) * labels.ndim
    number, unit = int(labels.max()) + 1, UNIT[labels.ndim]
    inside = labels > 0
    depth = np.nan_to_num(edt.edt(labels, anisotropy=spacing, black_border=False), posinf=unit)
    deepest = np.zeros(number, np.float32)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    depth = depth / np.maximum(deepest, 1e-6)[labels] * inside

    sizes = np.bincount(labels.ravel(), minlength=number)
    radius = radius_of(np.maximum(sizes, 1) * np.prod(spacing), labels.ndim)
    size = np.log2(radius / unit)[labels] * inside

    offset = np.zeros((labels.ndim, *labels.shape), np.float32)
    for axis, step in enumerate(spacing):
        sides = [1] * labels.ndim
        sides[axis] = -1
        place = (np.arange(labels.shape[axis], dtype=np.float32) * step).reshape(sides)
        place = np.broadcast_to(place, labels.shape)
        centre = np.bincount(labels.ravel(), place.ravel(), minlength=number)
        offset[axis] = ((centre / np.maximum(sizes, 1))[labels] - place) / unit * inside

    wide = expand_labels(labels, REACH[labels.ndim], spacing=spacing)
    high = ndimage.maximum_filter(wide, 3)
    low = ndimage.minimum_filter(np.where(wide == 0, np.iinfo(wide.dtype).max, wide), 3)
    contact = (high != low) & (wide > 0)
    return {
        "foreground": inside.astype(np.float32),
        "depth": depth.astype(np.float32),
        "contact": contact.astype(np.float32),
        "size": size.astype(np.float32),
        "offset": offset,
    }
