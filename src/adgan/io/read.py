"""Read intensity images and label maps, whatever their format."""

import os
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.axes import Raw, settle
from adgan.io.image import Image, check_pixels, stem
from adgan.io.labels import whole_labels
from adgan.io.raster import JPEG, PNG, read_raster
from adgan.io.tiff import read_tiff
from adgan.peak import ask

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def read_images(
    path: str | os.PathLike[str],
    channel: int | None = None,
    frames: bool = False,
    check: bool = True,
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

    Returns
    -------
    list of Image
        One image, or one a frame; pixels ``(Z) Y X`` in the file's own data type.

    Raises
    ------
    AdganError
        If the file cannot be read, is damaged, leaves its axes or channel open, or if an
        image has NaN, infinities or one value only.
    """
    path = Path(path)
    arrays, spacing = settle(_decode(path), path, channel, frames)
    names = [stem(path)]
    if len(arrays) > 1:
        names = [f"{stem(path)}_t{i:04d}" for i in range(1, len(arrays) + 1)]
    images = [Image(path, a, spacing, n) for a, n in zip(arrays, names, strict=True)]
    if check:
        for image in images:
            check_pixels(image)
    return images


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
    (array,), spacing = settle(_decode(path, labels=True), path, labels=True)
    return Image(path, whole_labels(array, path), spacing, stem(path))


def _decode(path: Path, labels: bool = False) -> Raw:
    """Decode a file by what its first bytes say it is."""
    try:
        if path.is_dir():
            raise AdganError(f"{path} is a folder: name an image file in it")
        if path.exists() and not path.is_file():
            raise AdganError(f"{path} is a pipe or a device: name an image file")
        with path.open("rb") as file:
            head = file.read(8)
            if head.startswith((PNG, JPEG)):
                ask(path.stat().st_size, str(path), "cut it into parts")
            data = head + file.read() if head.startswith((PNG, JPEG)) else b""
        if data:
            return read_raster(path, data, labels)
        if head.startswith(TIFF):
            return read_tiff(path)
    except FileNotFoundError as error:
        raise AdganError(f"{path} does not exist: check the name") from error
    except OSError as error:
        raise AdganError(
            f"{path} cannot be read ({error.strerror or error}): check its rights and its disk"
        ) from error
    what = "is not a TIFF, PNG or JPEG image" if head else "is an empty file"
    raise AdganError(f"{path} {what}: convert it to TIFF, or leave it out")
