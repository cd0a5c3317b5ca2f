"""Read a folder of 2D slices as one volume."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.image import Image
from adgan.io.read import read_images


def slices_of(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    """Return the slices of each stack: the files of each folder, in the given order."""
    stacks: dict[Path, list[Path]] = {}
    for path in paths:
        stacks.setdefault(path.parent, []).append(path)
    return stacks


def read_stack(folder: Path, slices: Sequence[Path], channel: int | None = None) -> list[Image]:
    """Read a volume whose slices are separate files.

    Parameters
    ----------
    folder
        The folder of the slices, which gives the volume its name.
    slices
        The files, in order.
    channel
        Channel to take, counted from 0.

    Returns
    -------
    list of Image
        The volume. Slices do not state the distance between them, so `spacing` is None.

    Raises
    ------
    AdganError
        As :func:`adgan.io.read_images`; if there is only one slice, or if slices are volumes or
        differ in shape or type.
    """
    if len(slices) == 1:
        raise AdganError(
            f"{folder} contains only one slice ({slices[0].name}): leave out `stack=True`"
        )
    planes: list[np.ndarray] = []
    for path in slices:
        (image,) = read_images(path, channel, check=False)
        plane = image.pixels
        if plane.ndim != 2:
            raise AdganError(
                f"{path} is a volume {plane.shape}, not a slice of the stack {folder}: "
                "leave out `stack=True`"
            )
        if planes and (plane.shape != planes[0].shape or plane.dtype != planes[0].dtype):
            raise AdganError(
                f"slices of the stack {folder} differ: {slices[0].name} is "
                f"{planes[0].shape} {planes[0].dtype}, {path.name} is {plane.shape} {plane.dtype}"
            )
        planes.append(plane)
    return [Image(folder, np.stack(planes), None, folder.resolve().name)]
