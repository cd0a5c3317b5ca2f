"""The table of all nuclei of a stack, one row per nucleus and frame."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from adgan.measure import Table, measure


def measured(
    labels: np.ndarray,
    image: np.ndarray | None = None,
    spacing: tuple[float, ...] | None = None,
    sure: Mapping[int, float] | None = None,
) -> Table:
    """Measure the nuclei of all frames.

    Parameters
    ----------
    labels
        ``T (Z) Y X``.
    image
        Intensities, of the same shape.
    spacing
        Micrometres per axis, ``(Z) Y X``.
    sure
        Confidence by label.

    Returns
    -------
    Table
        That of :func:`adgan.measure.measure`; ``frame``, from 0, in front where there are several.

    Raises
    ------
    AdganError
        As :func:`adgan.measure.measure`.
    """
    extra = {"confidence": dict(sure)} if sure else None
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
