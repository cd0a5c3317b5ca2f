"""The field of interest: scores that ignore a band along the image border."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan.errors import AdganError
from adgan.metrics.overlap import Overlap, count_overlap, keep


def inside(labels: NDArray[np.integer], ignore_border: int) -> NDArray[np.integer]:
    """Return the field of interest: the label map without a band along its border.

    The band lies only along the last two axes (Y, X), as the bands of the Cell Tracking
    Challenge, 25 and 50 pixels, are wider than many of its volumes are deep.

    Parameters
    ----------
    labels
        Label map, axes ``(Z) Y X``.
    ignore_border
        Width of the band in pixels; 0 ignores nothing.

    Returns
    -------
    numpy.ndarray
        A view of the label map.

    Raises
    ------
    AdganError
        If the width is negative, or if no pixel remains.
    """
    frame = labels.shape[-2:]
    if not 0 <= 2 * ignore_border < min(frame):
        raise AdganError(
            f"a border of {ignore_border} px cannot be ignored in an image of "
            f"{' x '.join(map(str, frame))} px: choose a width from 0 to {(min(frame) - 1) // 2}"
        )
    band: tuple[Any, ...] = tuple(slice(ignore_border, size - ignore_border) for size in frame)
    return labels[(..., *band)]


def tables(
    predicted: NDArray[np.integer], truth: NDArray[np.integer], ignore_border: int = 0
) -> tuple[Overlap, Overlap]:
    """Return the tables for object scores and for pixel scores, ignoring a band at the border.

    The rule is that of the Cell Tracking Challenge: an object of either map counts if it has
    a pixel inside the field of interest, and then all of its pixels count, including those in
    the band. An object that lies completely in the band is ignored. Pixel scores count only
    the pixels of the field. Source: Ulman et al. 2017, doi:10.1038/nmeth.4473, and the
    challenge's page on evaluation.

    Parameters
    ----------
    predicted, truth
        Label maps of one shape, axes ``(Z) Y X``.
    ignore_border
        Width of the band along Y and X in pixels, see `inside`.

    Returns
    -------
    tuple of Overlap
        The table of the objects that count, and the table of the field of interest.

    Raises
    ------
    AdganError
        See `adgan.metrics.count_overlap` and `inside`.
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
