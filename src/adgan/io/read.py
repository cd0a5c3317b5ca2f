"""Read intensity images and label maps, whatever their format."""

import os
from collections.abc import Sequence
from pathlib import Path

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
    """Read one file: TIFF (also OME, ImageJ), PNG or JPEG, told by its first bytes.

    A multi-page TIFF is a Z stack unless its metadata or the arguments say otherwise
    (`adgan.io.axes.settle` has the rules).

    Parameters
    ----------
    path
        The file.
    channel
        Channel to take, counted from 0. Needed for RGB and multi-channel files, except
        for gray saved as RGB.
    frames
        Whether a time series is read as separate images, and so are unnamed pages.
    check
        Whether images with nothing to see are refused; a slice of a stack may be empty.
    axes
        A letter for each axis, such as ``TZCYX``, in place of what the file says.
    scene
        Which of several images to take, counted from 0, or ``"all"``.

    Returns
    -------
    list of Image
        One image, or one a scene and frame; pixels ``(Z) Y X`` in the file's own data type.

    Raises
    ------
    AdganError
        If the file cannot be read, is damaged, leaves its axes, channel or scene open, or if an
        image has NaN, infinities or one value only.
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
    """Say what :func:`read_images` would give, from the header of a file alone.

    Parameters
    ----------
    path, channel, frames, axes, scene
        As for :func:`read_images`.
    labels
        Whether :func:`read_labels` is to read it.

    Returns
    -------
    list of (int or None, Outline)
        One a scene, with its number where several are taken.

    Raises
    ------
    AdganError
        As :func:`read_images`, but for what the pixels alone tell.
    """
    return [
        (
            number,
            outline(decode(path, labels, number, True), path, channel, frames, labels, axes),
        )
        for number in scenes_of(path, scene)
    ]


def scenes_of(path: Path, scene: Scene) -> Sequence[int | None]:
    """Return the numbers of the scenes to read."""
    return range(scenes(path)) if scene == "all" else [scene]


def part_names(name: str, scene: int | None, frames: int) -> list[str]:
    """Name the images of one file: a scene ends in ``_s01``, a frame in ``_t0001``."""
    if scene is not None:
        name += f"_s{scene + 1:02d}"
    return [name] if frames == 1 else [f"{name}_t{i:04d}" for i in range(1, frames + 1)]


def read_labels(path: str | os.PathLike[str]) -> Image:
    """Read a label map: whole numbers, 0 is background; it may be empty.

    Parameters
    ----------
    path
        A TIFF or PNG; whole numbers stored as floats and palette indices are fine.

    Returns
    -------
    Image
        ``(Z) Y X``, uint16, or uint32 where a label exceeds 65,535.

    Raises
    ------
    AdganError
        If the file cannot be read, has several channels or frames, or values that are
        negative or not whole.
    """
    path = Path(path)
    (array,), spacing = settle(decode(path, labels=True), path, labels=True)
    return Image(path, whole_labels(array, path), spacing, stem(path))
