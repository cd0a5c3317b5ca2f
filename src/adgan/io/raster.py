"""Decode PNG (8 and 16 bit, gray, colour, palette) and JPEG."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imagecodecs
import numpy as np
import PIL.Image

from adgan.errors import AdganError
from adgan.io.raw import Raw, unread
from adgan.system.peak import ask

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
PALETTE = 3  # PNG colour type, byte 25 of the file
SAMPLES = {0: 1, 2: 3, PALETTE: 3, 4: 2, 6: 4}
"""Number of values per pixel, by PNG colour type; for a palette, that of its colours."""


def read_raster(path: Path, labels: bool = False) -> Raw:
    """Decode a PNG or JPEG.

    Parameters
    ----------
    path
        The file.
    labels
        If True, the file is a label map: return palette indices, not colours.

    Returns
    -------
    Raw
        ``YX`` or ``YXS``; these formats do not store the pixel size of a microscope.

    Raises
    ------
    AdganError
        If the file is truncated or damaged, or does not fit in memory.
    """
    size = 2 * outline_raster(path, labels).array.nbytes  # decoders make a copy
    ask(path.stat().st_size + size, str(path), "cut it into parts")
    data = path.read_bytes()
    with _damage(path):
        if data.startswith(PNG) and data[25] != PALETTE:
            # Pillow would reduce 16-bit colour to 8 bits.
            array = imagecodecs.png_decode(data)
        else:
            array = _pillow(data, labels)
    if array.ndim == 2:
        return Raw(array, "YX")
    return Raw(array, "YXS", alpha=data.startswith(PNG) and array.shape[2] in (2, 4))


def outline_raster(path: Path, labels: bool = False) -> Raw:
    """Predict what :func:`read_raster` would return, from the first and the last bytes.

    Parameters
    ----------
    path, labels
        As for :func:`read_raster`.

    Returns
    -------
    Raw
        Its array is all zeros and uses no memory.

    Raises
    ------
    AdganError
        If the header is damaged, or a PNG has no end.
    """
    with path.open("rb") as file:
        head = file.read(26)
        file.seek(max(0, path.stat().st_size - 12))
        ended = b"IEND" in file.read()
    with _damage(path):
        if head.startswith(PNG):
            # Pillow refuses to open large pictures, regardless of the available memory.
            width, height, depth, colour = struct.unpack(">IIBB", head[16:])
            samples = 1 if colour == PALETTE and labels else SAMPLES[colour]
        else:
            with PIL.Image.open(path, formats=("JPEG",)) as picture:
                (width, height), depth, samples = picture.size, 8, len(picture.getbands())
        shape = (height, width) if samples == 1 else (height, width, samples)
        array = unread(shape, np.dtype(np.uint16 if depth == 16 else np.uint8))
    if head.startswith(PNG) and not ended:
        raise _damaged(path, " (it has no end)")
    return Raw(array, "YXS"[: len(shape)], alpha=head.startswith(PNG) and samples in (2, 4))


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Turn any error of the decoders into the message that the file is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            yield
    except PIL.Image.DecompressionBombError as error:
        raise AdganError(f"{path} is too large for a JPEG or palette PNG: save it as TIFF") from (
            error
        )
    except (
        RuntimeError, OSError, ValueError, SyntaxError, LookupError, struct.error,
    ) as error:  # fmt: skip
        raise _damaged(path) from error


def _damaged(path: Path, detail: str = "") -> AdganError:
    return AdganError(f"{path} is truncated or damaged{detail}: copy it again or save it as TIFF")


def _pillow(data: bytes, labels: bool) -> np.ndarray:
    with PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        if picture.mode == "P" and not labels:
            return np.asarray(picture.convert("RGB"))
        return np.asarray(picture)
