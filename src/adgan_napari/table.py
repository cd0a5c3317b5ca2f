"""The table of all nuclei of a stack, one row per nucleus and frame."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adgan.measuring.measure import Table, measure


def measured(
    labels: np.ndarray,
    image: np.ndarray | None = None,
    spacing: tuple[float, ...] | None = None,
    confidence: Mapping[int, float] | None = None,
) -> Table:
    """Measure the nuclei of all frames.

    Parameters
    ----------
    labels
        Label maps ``T (Z) Y X``.
    image
        Intensities, of the same shape.
    spacing
        Pixel size along ``(Z) Y X`` in micrometres.
    confidence
        Confidence by label.

    Returns
    -------
    Table
        The columns of :func:`adgan.measuring.measure.measure`, after ``frame``, from 0, if there
        are several frames.

    Raises
    ------
    AdganError
        See :func:`adgan.measuring.measure.measure`.
    """
    extra = {"confidence": dict(confidence)} if confidence else None
    tables = [
        measure(frame, None if image is None else image[number], spacing, extra=extra)
        for number, frame in enumerate(labels)
    ]
    if len(tables) == 1:
        return tables[0]
    columns: dict[str, NDArray[np.generic]] = {
        "frame": np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    }
    columns |= {n: np.concatenate([t[n] for t in tables]) for n in tables[0].columns}
    return Table(columns)
