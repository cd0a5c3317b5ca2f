"""Describe a set of images given as arrays."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.collection import Collection
from adgan.io.entry import Entry, Skipped, other_rank
from adgan.io.folder import check_rank
from adgan.io.image import Image
from adgan.io.spacing import check_spacing


def describe_arrays(
    arrays: Sequence[np.ndarray],
    spacing: tuple[float, ...] | None = None,
    rank: int | None = None,
) -> Collection:
    """Describe arrays ``(Z) Y X`` with one channel; their names are ``array_0000``, ...

    Parameters
    ----------
    arrays
        At least one.
    spacing, rank
        As for :func:`describe_files`.

    Raises
    ------
    AdganError
        If an array has other axes or is not numeric, if 2D and 3D are mixed, or if the spacing
        does not match.
    """
    entries = []
    for k, array in enumerate(arrays):
        if array.ndim not in (2, 3) or array.dtype.kind not in "uif" or not array.size:
            raise AdganError(
                f"array {k} has shape {array.shape} and type {array.dtype}: "
                "give numbers with axes Y X or Z Y X"
            )
        if spacing is not None:
            check_spacing(spacing, array.ndim)
        name = f"array_{k:04d}"
        image = Image(Path(name), array, spacing, name)
        stamp = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
        load: Callable[[], list[Image]] = partial(list, [image])
        entries.append(
            Entry(
                image.path,
                name,
                array.shape,
                array.dtype,
                spacing,
                stamp,
                load,
                windows=partial(np.asarray, array),
            )  # fmt: skip
        )
    skipped = [
        Skipped(entry.path, entry.name, str(other_rank(entry, rank)))
        for entry in entries
        if rank is not None and len(entry.shape) != rank
    ]
    if rank is None:
        check_rank(entries)
    return Collection(entries).without(skipped)
