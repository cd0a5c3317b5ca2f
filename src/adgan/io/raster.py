"""Decode PNG (8 and 16 bit, gray, colour, palette) and JPEG."""

import io
import struct
import warnings
from pathlib import Path

import imagecodecs
import numpy as np
import PIL.Image

from adgan.errors import AdganError
from adgan.io.axes import Raw

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
PALETTE = 3  # PNG colour type, byte 25 of the file


def read_raster(path: Path, data: bytes, labels: bool = False) -> Raw:
    """Decode a PNG or JPEG.

    Parameters
    ----------
    path
        The file, for messages.
    data
        All its bytes.
    labels
        Whether palette indices are wanted (label maps) and not the palette's colours.

    Returns
    -------
    Raw
        ``YX`` or ``YXS``; these formats do not say a microscope's pixel size.

    Raises
    ------
    AdganError
        If the file is truncated or damaged.
    """
    try:
        if data.startswith(PNG) and data[25] != PALETTE:
            # Pillow would cut 16-bit colour down to 8 bits.
            array = imagecodecs.png_decode(data)
        else:
            array = _pillow(data, labels)
    except (
        RuntimeError, OSError, ValueError, SyntaxError, IndexError, struct.error,
        PIL.Image.DecompressionBombError,
    ) as error:  # fmt: skip
        raise _damaged(path, error) from error
    if array.ndim == 2:
        return Raw(array, "YX")
    return Raw(array, "YXS", alpha=data.startswith(PNG) and array.shape[2] in (2, 4))


def outline_raster(path: Path, labels: bool = False) -> Raw:
    """Say what :func:`read_raster` would give, from the first bytes and the last.

    Parameters
    ----------
    path
        A PNG or JPEG.
    labels
        As for :func:`read_raster`.

    Returns
    -------
    Raw
        Its array holds nothing but zeros and takes no memory.

    Raises
    ------
    AdganError
        If the header is damaged, or a PNG has no end.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path, formats=("PNG", "JPEG")) as picture:
                (width, height), mode, kind = picture.size, picture.mode, picture.format
        with path.open("rb") as file:
            depth = file.read(25)[-1]
            file.seek(-12, io.SEEK_END)
            ended = b"IEND" in file.read()
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise _damaged(path, error) from error
    if kind == "PNG" and not ended:
        raise _damaged(path, "it has no end")
    dtype = np.uint16 if kind == "PNG" and depth == 16 else np.uint8
    samples = 3 if mode == "P" and not labels else {"LA": 2, "RGB": 3, "RGBA": 4}.get(mode, 1)
    shape = (height, width) if samples == 1 else (height, width, samples)
    array = np.broadcast_to(np.zeros((), dtype), shape)
    return Raw(array, "YXS"[: len(shape)], alpha=kind == "PNG" and samples in (2, 4))


def _damaged(path: Path, detail: object) -> AdganError:
    line = " ".join(str(detail).split())[:100]
    return AdganError(f"{path} is truncated or damaged ({line}): copy it again or save it as TIFF")


def _pillow(data: bytes, labels: bool) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
        with PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.mode == "P" and not labels:
                return np.asarray(picture.convert("RGB"))
            return np.asarray(picture)
