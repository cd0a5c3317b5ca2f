"""The field of interest: scores that leave out a band along the frame."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan.errors import AdganError
from adgan.metrics.overlap import Overlap, count_overlap, keep


def inside(labels: NDArray[np.integer], ignore_border: int) -> NDArray[np.integer]:
    """Return the field of interest: the map without a band along its frame.

    The band lies along the last two axes (Y, X) only: the Cell Tracking Challenge's bands of
    25 and 50 pixels are wider than many of its volumes are deep.

    Parameters
    ----------
    labels
        A label map, axes ``(Z) Y X``.
    ignore_border
        Width of the band in pixels; 0 leaves the map as it is.

    Returns
    -------
    numpy.ndarray
        A view of the map.

    Raises
    ------
    AdganError
        If the width is negative, or the band leaves no pixel.
    """
    frame = labels.shape[-2:]
    if not 0 <= 2 * ignore_border < min(frame):
        raise AdganError(
            f"a border of {ignore_border} px cannot be ignored in an image of "
            f"{' x '.join(map(str, frame))} px: choose one from 0 to {(min(frame) - 1) // 2}"
        )
    band: tuple[Any, ...] = tuple(slice(ignore_border, size - ignore_border) for size in frame)
    return labels[(..., *band)]


def tables(
    predicted: NDArray[np.integer], truth: NDArray[np.integer], ignore_border: int = 0
) -> tuple[Overlap, Overlap]:
    """Return the tables for object scores and for pixel scores, with a band left out.

    As the Cell Tracking Challenge's field of interest has it, an object of either map
    counts if it has a pixel inside the field, and then counts whole, its pixels in the
    band included; an object all in the band is as if it were not there. Pixel scores see
    the field alone. Source: Ulman et al. 2017, doi:10.1038/nmeth.4473, and the
    challenge's page on evaluation.

    Parameters
    ----------
    predicted, truth
        Label maps of one shape, axes ``(Z) Y X``.
    ignore_border
        Width in pixels of the band along Y and X, see `inside`.

    Returns
    -------
    tuple of Overlap
        The table of the objects that count, and the table of the field of interest.

    Raises
    ------
    AdganError
        As `adgan.metrics.count_overlap` and `inside`.
    """
    whole = count_overlap(predicted, truth)
    if not ignore_border:
        return whole, whole
    field = count_overlap(inside(predicted, ignore_border), inside(truth, ignore_border))
    objects = keep(
        whole,
        np.isin(whole.predicted_labels, field.predicted_labels),
        np.isin(whole.truth_labels, field.truth_labels),
    )
    return objects, field
