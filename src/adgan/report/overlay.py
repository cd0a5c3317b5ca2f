"""Draw the outlines of labels on a picture."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from adgan.report.colours import OKABE_ITO

PIXELS_PER_LINE_WIDTH = 350  # lines are one pixel wider for every so many pixels of the picture


def edges(labels: NDArray[np.integer], width: int = 1) -> NDArray[np.bool_]:
    """Return a mask of the boundary of every label, inside the label.

    If two labels touch, both boundaries are marked; the border of the picture is not a boundary.

    Parameters
    ----------
    labels
        Integers from 0, ``Y X``.
    width
        Width of the boundary in pixels.

    Returns
    -------
    numpy.ndarray
        bool, ``Y X``.
    """
    return contours(labels, width) & (labels != 0)


def contours(labels: NDArray[np.integer], width: int = 1) -> NDArray[np.bool_]:
    """Return a mask of the boundary of every label, on both sides, so that specks are visible.

    Parameters
    ----------
    labels
        Integers from 0, ``Y X``.
    width
        Width on either side in pixels.

    Returns
    -------
    numpy.ndarray
        bool, ``Y X``.
    """
    size = 2 * width + 1
    high = maximum_filter(labels, size, mode="nearest")
    low = minimum_filter(labels, size, mode="nearest")
    return np.asarray(high != low)


def to_rgb(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a gray picture ``Y X`` as ``Y X 3`` with 128 levels of gray.

    The other half of the 256 colours of a PNG palette is then free for colours: a third of the
    file size, without a visible difference.
    """
    return np.repeat((gray & 0xFE)[..., None], 3, axis=2)


def thin(shape: tuple[int, ...]) -> int:
    """Return the line width that is visible when four pictures are shown in a row, in pixels."""
    return math.ceil(max(shape[:2]) / PIXELS_PER_LINE_WIDTH)


def overlay(gray: NDArray[np.uint8], labels: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Draw the outlines of all labels on a gray picture, in orange.

    Parameters
    ----------
    gray
        uint8, ``Y X``.
    labels
        Integers from 0, of the same shape.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``.
    """
    rgb = to_rgb(gray)
    rgb[edges(labels, thin(gray.shape))] = OKABE_ITO["orange"]
    return rgb
