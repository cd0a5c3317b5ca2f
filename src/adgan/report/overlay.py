"""Outlines of labels drawn on a picture."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from adgan.report.colours import OKABE_ITO, Colour

SIDE = 350  # pixels of a picture for which a line gets one pixel wider


def edges(labels: NDArray[np.integer], width: int = 1) -> NDArray[np.bool_]:
    """Mark the rim of every label, on its own side of the border.

    Where two labels touch both rims are marked; the frame of the picture is no border.

    Parameters
    ----------
    labels
        Integers from 0, ``Y X``.
    width
        Width of the rim in pixels.

    Returns
    -------
    numpy.ndarray
        bool, ``Y X``.
    """
    return contours(labels, width) & (labels != 0)


def contours(labels: NDArray[np.integer], width: int = 1) -> NDArray[np.bool_]:
    """Mark the border of every label on both of its sides, so that specks are seen too.

    Parameters
    ----------
    labels
        Integers from 0, ``Y X``.
    width
        Width in pixels on either side.

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

    The other half of a PNG's palette of 256 is then free for colours: a third of the size
    for a difference that no eye sees.
    """
    return np.repeat((gray & 0xFE)[..., None], 3, axis=2)


def thin(shape: tuple[int, ...]) -> int:
    """Return the width of a line that is still seen when a picture stands in a row of four."""
    return math.ceil(max(shape[:2]) / SIDE)


def overlay(
    gray: NDArray[np.uint8], labels: NDArray[np.integer], colour: Colour = OKABE_ITO["orange"]
) -> NDArray[np.uint8]:
    """Draw the outlines of all labels on a gray picture.

    Parameters
    ----------
    gray
        uint8, ``Y X``.
    labels
        Integers from 0, the picture's shape.
    colour
        Of the outlines.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``.
    """
    rgb = to_rgb(gray)
    rgb[edges(labels, thin(gray.shape))] = colour
    return rgb
