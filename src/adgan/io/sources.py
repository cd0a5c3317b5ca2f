"""Images to work on, given as files or as arrays."""

import os
from collections.abc import Sequence

import numpy as np

from adgan.errors import AdganError
from adgan.io.collection import Collection
from adgan.io.describe_arrays import describe_arrays
from adgan.io.describe_files import describe_files
from adgan.io.folder import check_rank
from adgan.io.image import Image, check_pixels
from adgan.io.options import AS_STORED, ReadOptions

Sources = (
    str
    | os.PathLike[str]
    | np.ndarray
    | Sequence[str]
    | Sequence[os.PathLike[str]]
    | Sequence[str | os.PathLike[str]]
    | Sequence[np.ndarray]
)
"""Folders, files or globs; or arrays ``(Z) Y X`` of one channel."""


def open_images(
    sources: Sources,
    options: ReadOptions = AS_STORED,
    rank: int | None = None,
) -> Collection:
    """Describe images, which are read one at a time when they are asked for.

    Parameters
    ----------
    sources
        What :func:`adgan.io.find.find_named` takes, one array, or several.
    options
        How files are read; of arrays, the pixel size alone.
    rank
        Number of axes that images must have, 2 or 3; those of another are skipped. When absent
        all must have the same.

    Returns
    -------
    Collection
        Images that cannot be used, as far as their headers tell, are skipped.

    Raises
    ------
    AdganError
        As :func:`adgan.io.describe_files.describe_files` and `describe_arrays`.
    """
    given: list[str | os.PathLike[str] | np.ndarray] = (
        [sources] if isinstance(sources, (str, os.PathLike, np.ndarray)) else list(sources)
    )
    files = [s for s in given if not isinstance(s, np.ndarray)]
    arrays = [s for s in given if isinstance(s, np.ndarray)]
    if arrays and files:
        raise AdganError("files and arrays are mixed: give either")
    if arrays:
        return describe_arrays(arrays, options.spacing, rank)
    return describe_files(files, options, rank=rank)


def load_images(sources: Sources, options: ReadOptions = AS_STORED) -> list[Image]:
    """Read all images of a small set; one that cannot be used refuses them all.

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
        As :func:`open_images`; if an image cannot be read, or has nothing to see.
    """
    images = list(open_images(sources, options).require(strict=True).images)
    for image in images:
        check_pixels(image)
    check_rank(images)
    return images
