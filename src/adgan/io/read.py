"""Read intensity images, stacks of slices and label maps in any supported format."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.axes import outline, settle
from adgan.io.decode import decode, scenes
from adgan.io.image import Image, check_pixels, stem
from adgan.io.labels import whole_labels
from adgan.io.options import Scene
from adgan.io.raw import Outline


def read_images(
    path: str | os.PathLike[str],
    channel: int | None = None,
    frames: bool = False,
    check: bool = True,
    axes: str | None = None,
    scene: Scene = None,
) -> list[Image]:
    """Read one file, whose format is recognised by its first bytes.

    A multi-page TIFF is a Z stack unless its metadata or the arguments say otherwise; see
    :func:`adgan.io.axes.settle` for the rules.

    Parameters
    ----------
    path
        The file.
    channel
        Channel to take, counted from 0; required for RGB and multi-channel files, except for
        gray saved as RGB.
    frames
        If True, read a time series, or unnamed pages, as separate images.
    check
        If True, refuse images without content; a slice of a stack may be empty.
    axes
        One letter per axis, such as ``TZCYX``, instead of the axes that the file states.
    scene
        Index of the image to take from a file with several, counted from 0, or ``"all"``.

    Returns
    -------
    list of Image
        One image, or one per scene and frame; pixels ``(Z) Y X`` in the file's own data type.

    Raises
    ------
    AdganError
        If the file cannot be read or is damaged, if its axes, channel or scene are ambiguous, or
        if an image contains NaN or infinities, or has the same value in all pixels.
    """
    path = Path(path)
    images = []
    for number in scenes_of(path, scene):
        raw = decode(path, scene=number)
        arrays, spacing = settle(raw, path, channel, frames, axes=axes)
        names = part_names(stem(path), number if scene == "all" else None, len(arrays))
        images += [Image(path, a, spacing, n) for a, n in zip(arrays, names, strict=True)]
    if check:
        for image in images:
            check_pixels(image)
    return images


def outline_images(
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    axes: str | None = None,
    scene: Scene = None,
    labels: bool = False,
) -> list[tuple[int | None, Outline]]:
    """Predict what :func:`read_images` would return, from the header of a file alone.

    Parameters
    ----------
    path, channel, frames, axes, scene
        As for :func:`read_images`.
    labels
        If True, the file will be read by :func:`read_labels`.

    Returns
    -------
    list of (int or None, Outline)
        One per scene, with its number if several are taken.

    Raises
    ------
    AdganError
        As :func:`read_images`, except for errors that depend on the pixels.
    """
    return [
        (
            number,
            outline(decode(path, labels, number, True), path, channel, frames, labels, axes),
        )
        for number in scenes_of(path, scene)
    ]


def scenes_of(path: Path, scene: Scene) -> Sequence[int | None]:
    """Return the indices of the scenes to read."""
    return range(scenes(path)) if scene == "all" else [scene]


def part_names(name: str, scene: int | None, frames: int) -> list[str]:
    """Name the images of one file: scenes end in ``_s01``, ..., frames in ``_t0001``, ..."""
    if scene is not None:
        name += f"_s{scene + 1:02d}"
    return [name] if frames == 1 else [f"{name}_t{i:04d}" for i in range(1, frames + 1)]


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
        As :func:`read_images`; if there is only one slice, or if slices are volumes or
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


def read_labels(path: str | os.PathLike[str]) -> Image:
    """Read a label map: whole numbers, 0 for background; it may be empty.

    Parameters
    ----------
    path
        A file of any supported format; whole numbers may be stored as floats or as the indices
        of a palette.

    Returns
    -------
    Image
        ``(Z) Y X``, uint16, or uint32 where a label exceeds 65,535.

    Raises
    ------
    AdganError
        If the file cannot be read, has several channels or frames, or contains values that are
        negative or not whole.
    """
    path = Path(path)
    (array,), spacing = settle(decode(path, labels=True), path, labels=True)
    return Image(path, whole_labels(array, path), spacing, stem(path))
