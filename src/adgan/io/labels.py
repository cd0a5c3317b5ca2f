"""The check that an array is a label map."""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError

LABEL_MAX = {"uint16": 65_535, "uint32": 4_294_967_295}


def whole_labels(labels: np.ndarray, path: Path, dtype: str | None = None) -> np.ndarray:
    """Return labels as uint16 or, if a label does not fit, as uint32.

    Parameters
    ----------
    labels
        Any shape; bool, integer, or float with whole numbers.
    path
        The file that is read or written, for messages.
    dtype
        Required type, ``"uint16"`` or ``"uint32"`` (default: the smallest that fits).

    Returns
    -------
    numpy.ndarray
        The same shape; the same array if it already has that type.

    Raises
    ------
    AdganError
        If a value is negative, not whole or not finite, or does not fit into `dtype`.
    """
    if labels.dtype.kind not in "buif":
        raise AdganError(f"{path}: labels must be whole numbers, not {labels.dtype}")
    low, high = (labels.min(), labels.max()) if labels.size else (0, 0)
    if labels.dtype.kind == "f":
        finite = np.isfinite(low) and np.isfinite(high)
        if not finite or not np.array_equal(labels, np.rint(labels)):
            raise AdganError(
                f"{path}: labels must be whole numbers, but these are not; "
                "is it an image or a probability map?"
            )
    if low < 0:
        raise AdganError(
            f"{path}: label {float(low):.15g} is negative: background is 0, nuclei 1, 2, ..."
        )
    chosen = dtype or ("uint16" if high <= LABEL_MAX["uint16"] else "uint32")
    if high > LABEL_MAX[chosen]:
        raise AdganError(
            f"{path}: label {float(high):.15g} exceeds {LABEL_MAX[chosen]}, the limit of {chosen}: "
            + ("use uint32" if chosen == "uint16" else "number the nuclei 1, 2, ...")
        )
    return labels.astype(chosen, copy=False)
