"""The codecs that microscope images need; data compressed by any other codec is refused.

The libraries decode dozens more. Each is C code, or in one case Python's pickle, that a file from
an untrusted source could select.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tifffile

from adgan.errors import AdganError

TIFF = frozenset(
    ("NONE", "LZW", "ADOBE_DEFLATE", "DEFLATE", "PACKBITS", "ZSTD", "LZMA")
    # Whole-slide images, and files written by Bio-Formats.
    + ("JPEG", "JPEG2000", "JPEG_2000", "APERIO_JP2000_YCBC", "APERIO_JP2000_RGB")
)
"""Compressions of TIFF, as tifffile names them."""
ZARR = frozenset(
    ("blosc", "zstd", "gzip", "zlib", "lz4", "bz2", "lzma", "delta", "shuffle")
    + ("crc32", "crc32c", "adler32", "fletcher32")
    + ("bytes", "transpose", "sharding_indexed")
)
"""Codecs of Zarr, by their names in its metadata."""


def check_tiff(path: Path, number: int) -> None:
    """Refuse a TIFF compression, given by its number, that microscope images do not need.

    Raises
    ------
    AdganError
        Naming the compression.
    """
    known = number in set(tifffile.COMPRESSION)
    name = tifffile.COMPRESSION(number).name if known else str(number)
    _check(path, name, TIFF)


def check_zarr(path: Path, metadata: dict[str, Any]) -> None:
    """Refuse a Zarr array, from its metadata, if microscope images do not need its codecs.

    Raises
    ------
    AdganError
        Naming the codec.
    """
    for name in _named(metadata):
        _check(path, name.removeprefix("numcodecs."), ZARR)


def _named(metadata: dict[str, Any]) -> Iterator[str]:
    """Yield the names of codecs, including those within shards."""
    for part in ("codecs", "index_codecs", "filters"):
        for codec in metadata.get(part) or ():
            yield str(codec.get("name", codec.get("id")))
            yield from _named(codec.get("configuration") or {})
    if compressor := metadata.get("compressor"):
        yield str(compressor.get("id"))


def _check(path: Path, name: str, known: frozenset[str]) -> None:
    if name not in known:
        raise AdganError(
            f"{path} is compressed by {name}, which is not supported: save it with zlib or "
            "without compression"
        )
