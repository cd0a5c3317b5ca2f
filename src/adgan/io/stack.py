"""A folder of 2D slices is one volume."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.find import find_images
from adgan.io.image import Image, check_pixels
from adgan.io.read import read_images
from adgan.text import component


def load_stacks(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    channel: int | None = None,
) -> list[Image]:
    """Read volumes whose slices are files of their own, in natural order of their names.

    Parameters
    ----------
    sources
        Folders, each a stack named as the folder; or files and globs, by the folder they lie
        in.
    channel
        Channel to take, counted from 0.

    Returns
    -------
    list of Image
        One a folder. Slices do not say how far apart they are: `spacing` is None.

    Raises
    ------
    AdganError
        As for reading images; if a stack has one slice only, or slices that are volumes or
        differ in shape or type.
    """
    stacks: dict[Path, list[Path]] = {}
    for path in find_images(sources):
        stacks.setdefault(path.parent, []).append(path)
    return [_load(folder, paths, channel) for folder, paths in stacks.items()]


def _load(folder: Path, paths: Sequence[Path], channel: int | None) -> Image:
    if len(paths) == 1:
        raise AdganError(f"{folder} holds one slice only ({paths[0].name}): leave out --stack")
    planes: list[np.ndarray] = []
    for path in paths:
        (image,) = read_images(path, channel, check=False)
        plane = image.pixels
        if plane.ndim != 2:
            raise AdganError(
                f"{path} is a volume {plane.shape}, not a slice of the stack {folder}: "
                "leave out --stack"
            )
        if planes and (plane.shape != planes[0].shape or plane.dtype != planes[0].dtype):
            raise AdganError(
                f"slices of the stack {folder} differ: {paths[0].name} is "
                f"{planes[0].shape} {planes[0].dtype}, {path.name} is {plane.shape} {plane.dtype}"
            )
        planes.append(plane)
    volume = Image(folder, np.stack(planes), None, component(folder.resolve().name))
    check_pixels(volume)
    return volume
