"""Decode an image file, whose format is recognised by its first bytes."""

from pathlib import Path

from adgan.errors import AdganError
from adgan.io.microscopes import MICROSCOPES
from adgan.io.ome_zarr import is_zarr, read_zarr
from adgan.io.raster import JPEG, PNG, outline_raster, read_raster
from adgan.io.raw import Raw
from adgan.io.scenes import Opener, choose
from adgan.io.tiff import count_scenes, read_tiff

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def decode(path: Path, labels: bool = False, scene: int | None = None, header: bool = False) -> Raw:
    """Decode one image of a file.

    Parameters
    ----------
    path
        The file.
    labels
        If True, the file is a label map: return palette indices, not colours.
    scene
        Index of the image to take from a file with several, counted from 0.
    header
        If True, read only shape and type: the array is then all zeros and uses no memory.

    Raises
    ------
    AdganError
        If the file is missing, not an image, truncated or damaged, or contains several images.
    """
    if is_zarr(path):
        return read_zarr(path, scene, header)
    head = first_bytes(path)
    try:
        if opened := _microscope(head):
            with opened(path) as found:
                return choose(found, path, scene, header)
        if head.startswith(TIFF):
            return read_tiff(path, scene, header)
        if head.startswith((PNG, JPEG)):
            if header:
                return outline_raster(path, labels)
            return read_raster(path, labels)
    except OSError as error:
        raise _unreadable(path, error) from error
    what = "is not a TIFF, PNG, JPEG, CZI, ND2 or LIF image" if head else "is an empty file"
    raise AdganError(f"{path} {what}: convert it to TIFF, or leave it out")


def scenes(path: Path) -> int:
    """Return the number of separate images in a file."""
    if is_zarr(path):
        return 1
    head = first_bytes(path)
    if head.startswith(TIFF):
        return count_scenes(path)
    if opened := _microscope(head):
        with opened(path) as found:
            return len(found)
    return 1


def _microscope(head: bytes) -> Opener | None:
    return next((opened for magic, opened in MICROSCOPES.items() if head.startswith(magic)), None)


def first_bytes(path: Path) -> bytes:
    """Return the first eight bytes of a file.

    Raises
    ------
    AdganError
        If it is missing, is a folder or a pipe, or cannot be read.
    """
    try:
        if path.is_dir():
            raise AdganError(f"{path} is a folder: name an image file in it")
        if path.exists() and not path.is_file():
            raise AdganError(f"{path} is a pipe or a device: name an image file")
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError as error:
        raise AdganError(f"{path} does not exist: check the name") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> AdganError:
    return AdganError(
        f"{path} cannot be read ({error.strerror or error}): check its permissions and its disk"
    )
