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
from adgan.peak import ask

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
PALETTE = 3  # PNG colour type, byte 25 of the file
SAMPLES = {0: 1, 2: 3, PALETTE: 3, 4: 2, 6: 4}
"""Numbers a pixel, by PNG colour type; a palette's are those of its colours."""


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
        If the file is truncated or damaged, or does not fit in memory.
    """
    try:
        ask(_size(data), str(path), "cut it into parts")
        if data.startswith(PNG) and data[25] != PALETTE:
            # Pillow would cut 16-bit colour down to 8 bits.
            array = imagecodecs.png_decode(data)
        else:
            array = _pillow(data, labels)
    except AdganError:
        raise
    except (
        RuntimeError, OSError, ValueError, SyntaxError, IndexError, struct.error,
        PIL.Image.DecompressionBombError,
    ) as error:  # fmt: skip
        raise AdganError(
            f"{path} is truncated or damaged: copy it again or save it as TIFF"
        ) from error
    if array.ndim == 2:
        return Raw(array, "YX")
    return Raw(array, "YXS", alpha=data.startswith(PNG) and array.shape[2] in (2, 4))


def _size(data: bytes) -> int:
    """Return twice the bytes of a picture as its header states them: decoders copy."""
    if data.startswith(PNG):
        wide, high, depth, colour = struct.unpack(">IIBB", data[16:26])
        return 2 * wide * high * SAMPLES.get(colour, 4) * max(1, depth // 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
        with PIL.Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            return 2 * picture.width * picture.height * len(picture.getbands())


def _pillow(data: bytes, labels: bool) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
        with PIL.Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.mode == "P" and not labels:
                return np.asarray(picture.convert("RGB"))
            return np.asarray(picture)
