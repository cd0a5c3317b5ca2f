"""What makes an array a label map."""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError

LARGEST = {"uint16": 65_535, "uint32": 4_294_967_295}


def whole_labels(labels: np.ndarray, path: Path, dtype: str | None = None) -> np.ndarray:
    """Return labels as the narrower of uint16 and uint32 that holds them.

    Parameters
    ----------
    labels
        Any shape; bool, integer, or float with whole numbers.
    path
        The file they come from or go to, for messages.
    dtype
        ``"uint16"`` or ``"uint32"`` to insist on one.

    Returns
    -------
    numpy.ndarray
        The same shape; the same array where its type is right already.

    Raises
    ------
    AdganError
        If a value is negative, not whole or not finite, or does not fit.
    """
    if labels.dtype.kind not in "buif":
        raise AdganError(f"{path}: labels must be whole numbers, not {labels.dtype}")
    low, high = (labels.min(), labels.max()) if labels.size else (0, 0)
    if labels.dtype.kind == "f":
        finite = np.isfinite(low) and np.isfinite(high)
        if not finite or not np.array_equal(labels, np.rint(labels)):
            raise AdganError(
                f"{path}: labels must be whole numbers, these are not; "
                "is it an image or a probability map?"
            )
    if low < 0:
        raise AdganError(
            f"{path}: label {float(low):.15g} is negative: background is 0, nuclei 1, 2, ..."
        )
    chosen = dtype or ("uint16" if high <= LARGEST["uint16"] else "uint32")
    if high > LARGEST[chosen]:
        raise AdganError(
            f"{path}: label {float(high):.15g} does not fit {chosen} (at most {LARGEST[chosen]}): "
            + ("use uint32" if chosen == "uint16" else "number the nuclei 1, 2, ...")
        )
    return labels.astype(chosen, copy=False)
