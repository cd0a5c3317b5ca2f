"""Images to work on, given as files or as arrays."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.folder import check_rank, load_folder
from adgan.io.image import Image, check_pixels
from adgan.io.spacing import check_spacing

Sources = (
    str
    | os.PathLike[str]
    | np.ndarray
    | Sequence[str]
    | Sequence[os.PathLike[str]]
    | Sequence[np.ndarray]
)
"""Folders, files or globs; or arrays ``(Z) Y X`` of one channel."""


def load_images(
    sources: Sources,
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
) -> list[Image]:
    """Read images, or take arrays as they are; either way checked.

    Parameters
    ----------
    sources
        What :func:`adgan.io.find_images` takes, one array, or several. Arrays are named
        ``array_0000`` and so on.
    channel, frames, spacing, stack
        As for :func:`adgan.io.load_folder`; arrays have one channel, no frames and are no
        slices.

    Returns
    -------
    list of Image

    Raises
    ------
    AdganError
        As :func:`adgan.io.load_folder`; or if an array is not ``(Z) Y X``.
    """
    given: list[str | os.PathLike[str] | np.ndarray] = (
        [sources] if isinstance(sources, (str, os.PathLike, np.ndarray)) else list(sources)
    )
    files = [s for s in given if not isinstance(s, np.ndarray)]
    arrays = [s for s in given if isinstance(s, np.ndarray)]
    if not arrays:
        return load_folder(files, channel, frames, spacing, stack)
    if files:
        raise AdganError("files and arrays are mixed: give either")
    images = []
    for k, array in enumerate(arrays):
        if array.ndim not in (2, 3) or array.dtype.kind not in "uif":
            raise AdganError(
                f"array {k} has shape {array.shape} and type {array.dtype}: "
                "give numbers with axes Y X or Z Y X"
            )
        if spacing is not None:
            check_spacing(spacing, array.ndim)
        images.append(Image(Path(f"array_{k:04d}"), array, spacing, f"array_{k:04d}"))
        check_pixels(images[-1])
    check_rank(images)
    return images
