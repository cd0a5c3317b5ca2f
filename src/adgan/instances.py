"""Each nucleus its own label: from the network's output and a mask to an instance map.

Numpy only, any rank.
"""

import cc3d
import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction
from skimage.segmentation import watershed

from adgan.boundary import signed_depth


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
        uint32 map of summits, 0 elsewhere; every component of the mask has one at least.
    """
    floor = float(relief.min()) - 2 * height
    land = np.where(mask, relief, floor).astype(np.float32)
    domes = reconstruction(land - height, land, method="dilation").astype(np.float32)
    # Regional maxima of the flooded relief: components whose level no neighbour exceeds.
    plateau = land - domes
    summits = mask & (plateau >= height * (1 - 1e-3))
    return np.asarray(cc3d.connected_components(summits, connectivity=_full(mask.ndim)))
