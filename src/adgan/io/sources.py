"""Images given as files or as arrays."""

import hashlib
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.collection import Collection
from adgan.io.describe_files import describe_files
from adgan.io.entry import Entry, Skipped, other_ndim
from adgan.io.folder import check_ndim
from adgan.io.image import Image, check_pixels
from adgan.io.options import AS_STORED, ReadOptions
from adgan.io.spacing import check_spacing

Sources = (
    str
    | os.PathLike[str]
    | np.ndarray
    | Sequence[str]
    | Sequence[os.PathLike[str]]
    | Sequence[str | os.PathLike[str]]
    | Sequence[np.ndarray]
)
"""Folders, files or globs; or arrays ``(Z) Y X`` with one channel."""


def open_images(
    sources: Sources,
    options: ReadOptions = AS_STORED,
    ndim: int | None = None,
) -> Collection:
    """Describe images, which are then read one at a time on access.

    Parameters
    ----------
    sources
        As for :func:`adgan.io.find.find_named`, or one or several arrays.
    options
        How files are read; only the pixel size applies to arrays.
    ndim
        Required number of axes, 2 or 3; other images are skipped. By default all arrays must
        have the same number, and the few files with another number than most are skipped.

    Returns
    -------
    Collection
        Images whose headers show that they cannot be used are skipped.

    Raises
    ------
    AdganError
        If files and arrays are mixed, or as :func:`adgan.io.describe_files.describe_files` and
        :func:`describe_arrays`.
    """
    given: list[str | os.PathLike[str] | np.ndarray] = (
        [sources] if isinstance(sources, (str, os.PathLike, np.ndarray)) else list(sources)
    )
    files = [s for s in given if not isinstance(s, np.ndarray)]
    arrays = [s for s in given if isinstance(s, np.ndarray)]
    if arrays and files:
        raise AdganError("files and arrays are mixed: give one or the other")
    if arrays:
        return describe_arrays(arrays, options.spacing, ndim)
    return describe_files(files, options, ndim=ndim)


def load_images(sources: Sources, options: ReadOptions = AS_STORED) -> list[Image]:
    """Read all images of a small set; one that cannot be used is an error.

    Parameters
    ----------
    sources, options
        As for :func:`open_images`.

    Returns
    -------
    list of Image
        At least one, all 2D or all 3D.

    Raises
    ------
    AdganError
        As :func:`open_images`; if an image cannot be read or has no content.
    """
    found = open_images(sources, options).require(strict=True)
    images = [found.read(entry) for entry in found.entries]
    for image in images:
        check_pixels(image)
    check_ndim(images)
    return images


def describe_arrays(
    arrays: Sequence[np.ndarray],
    spacing: tuple[float, ...] | None = None,
    ndim: int | None = None,
) -> Collection:
    """Describe arrays ``(Z) Y X`` with one channel; their names are ``array_0000``, ...

    Parameters
    ----------
    arrays
        At least one.
    spacing, ndim
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
        entries.append(
            Entry(
                image.path, name, array.shape, array.dtype, spacing, stamp,
                load=partial(list, [image]), windows=partial(np.asarray, array),
            )
        )  # fmt: skip
    skipped = [
        Skipped(entry.path, entry.name, str(other_ndim(entry, ndim)))
        for entry in entries
        if ndim is not None and len(entry.shape) != ndim
    ]
    if ndim is None:
        check_ndim(entries)
    return Collection(entries).without(skipped)
