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
from adgan.io.read import Scene

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
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
    *,
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    rank: int | None = None,
) -> Collection:
    """Describe images, which are read one at a time when they are asked for.

    Parameters
    ----------
    sources
        What :func:`adgan.io.find.find_named` takes, one array, or several.
    channel, frames, spacing, stack, axes, scene, include, exclude, rank
        As for :func:`adgan.io.describe_files.describe_files`; arrays have one channel, no
        frames and are no slices.

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
        return describe_arrays(arrays, spacing, rank)
    return describe_files(
        files, channel, frames, spacing, stack,
        axes=axes, scene=scene, include=include, exclude=exclude, rank=rank,
    )  # fmt: skip


def load_images(
    sources: Sources,
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
) -> list[Image]:
    """Read all images of a small set; one that cannot be used refuses them all.

    Parameters
    ----------
    sources, channel, frames, spacing, stack
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
    images = list(open_images(sources, channel, frames, spacing, stack).require(strict=True).images)
    for image in images:
        check_pixels(image)
    check_rank(images)
    return images
