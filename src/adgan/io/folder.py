"""Read a whole set of images and see that its members belong together."""

import os
from collections.abc import Sequence
from dataclasses import replace

from adgan.errors import AdganError
from adgan.io.find import find_images
from adgan.io.image import Image
from adgan.io.read import read_images
from adgan.io.spacing import check_spacing, possible
from adgan.io.stack import load_stacks


def load_folder(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
) -> list[Image]:
    """Find, read and check images that are used together.

    Images may differ in size, bit depth and pixel size.

    Parameters
    ----------
    sources
        Folders, files and globs, as `find_images` takes them.
    channel
        Channel to take, counted from 0.
    frames
        Whether time series are read as separate images.
    spacing
        Micrometres per axis, in place of what the files say.
    stack
        Whether the 2D images of a folder are the slices of one volume.

    Returns
    -------
    list of Image
        At least one, all 2D or all 3D.

    Raises
    ------
    AdganError
        As `find_images` and `read_images`; if 2D and 3D are mixed, or only some of the
        volumes state a voxel size, or one that cannot be.
    """
    if stack:
        images = load_stacks(sources, channel)
    else:
        paths = find_images(sources)
        images = [image for path in paths for image in read_images(path, channel, frames)]
    check_rank(images)
    if spacing is not None:
        check_spacing(spacing, images[0].pixels.ndim)
        return [replace(image, spacing=tuple(spacing)) for image in images]
    if images[0].pixels.ndim == 3:
        check_voxels(images)
    return images


def check_rank(images: Sequence[Image]) -> None:
    """Refuse a mixture of images and volumes.

    Parameters
    ----------
    images
        At least one.

    Raises
    ------
    AdganError
        Naming one of each.
    """
    first = images[0]
    for image in images:
        if image.pixels.ndim != first.pixels.ndim:
            flat, deep = sorted((first, image), key=lambda i: i.pixels.ndim)
            raise AdganError(
                f"2D and 3D are mixed: {flat.path} is an image and {deep.path} a volume "
                f"{deep.pixels.shape}: run them apart, or split the volume with --frames"
            )


def check_voxels(images: Sequence[Image]) -> None:
    """Refuse voxel sizes that cannot be, or known for some of the volumes only.

    Parameters
    ----------
    images
        At least one.

    Raises
    ------
    AdganError
        Naming the volume, or one of each.
    """
    first = images[0]
    for image in images:
        if image.spacing and not possible(image.spacing):
            sides = " x ".join(f"{side:g}" for side in image.spacing)
            raise AdganError(
                f"{image.path} states voxels of {sides} um, which cannot be: "
                "give the true size with --spacing Z Y X"
            )
        one, other = first.spacing, image.spacing
        if (one is None) != (other is None):
            has, lacks = (first, image) if other is None else (image, first)
            raise AdganError(
                f"{has.path} states its voxel size {has.spacing} and {lacks.path} does not: "
                "give one for all with --spacing Z Y X"
            )
