"""Label maps become the masks that a network learns: values in [-1, 1], any rank.

The background is -1 and the inside of a nucleus 1 in each of them; they differ in what lies
between. Paper sections 4.5 and 5.3.2.
"""

from collections.abc import Callable

import edt
import numpy as np
from scipy import ndimage


def relative_depth(labels: np.ndarray, spacing: tuple[float, ...] | None = None) -> np.ndarray:
    """Return each pixel's distance to its nucleus's rim over that nucleus's largest.

    A nucleus cut by the frame is taken to go on beyond it.

    Parameters
    ----------
    labels
        Integer instance map.
    spacing
        Pixel size an axis; 1 when absent.

    Returns
    -------
    numpy.ndarray
        float32, 0 on the background, up to 1 inside.
    """
    # A nucleus that fills the frame shows no rim: its distance is infinite, all of it deep.
    depth = np.nan_to_num(edt.edt(labels, anisotropy=spacing, black_border=False), posinf=1.0)
    largest = ndimage.maximum(depth, labels, np.arange(int(labels.max()) + 1))
    largest = np.asarray(largest, np.float32)
    return depth / np.maximum(largest, 1e-6)[labels] * (labels > 0)


def semantic_mask(labels: np.ndarray, spacing: tuple[float, ...] | None = None) -> np.ndarray:
    """Return 1 inside nuclei and -1 elsewhere, float32."""
    return np.where(labels > 0, np.float32(1), np.float32(-1))


def edge_mask(
    labels: np.ndarray, spacing: tuple[float, ...] | None = None, edge: float = 0.5
) -> np.ndarray:
    """Return the paper's instance mask: a gray (0) edge around a white (1) core, float32.

    Parameters
    ----------
    labels
        Integer instance map.
    spacing
        Pixel size an axis; 1 when absent.
    edge
        Relative depth below which a nucleus is gray, from 0 to 1. At 0.5 it covers three
        quarters of a disc, as in the released experiments.
    """
    mask = semantic_mask(labels)
    mask[(labels > 0) & (relative_depth(labels, spacing) < edge)] = 0
    return mask


def dome_mask(
    labels: np.ndarray, spacing: tuple[float, ...] | None = None, rim: float = 0.0
) -> np.ndarray:
    """Return nuclei as domes: `rim` at the outline rising linearly to 1 at the deepest point."""
    depth = relative_depth(labels, spacing)
    return np.where(labels > 0, rim + (1 - rim) * depth, -1).astype(np.float32)


MASKS: dict[str, Callable[..., np.ndarray]] = {
    "semantic": semantic_mask,
    "edge": edge_mask,
    "dome": dome_mask,
}
