"""Arrays that are filled window by window on the disk, and become tiled BigTIFF at the end."""

import math
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from adgan.io.atomic import atomic, cannot_write
from adgan.io.extra import reader
from adgan.io.write import about_ome

TILE = 512
"""Pixels along Y and X of a tile, and of a piece of the array meanwhile."""


@contextmanager
def filled_tiff(
    path: Path, shape: tuple[int, ...], dtype: str, spacing: tuple[float, ...] | None
) -> Iterator[Any]:
    """Give an array of zeros to be filled by window, and write it when all went well.

    Parameters
    ----------
    path
        The TIFF to write: OME, tiled, compressed, with 64-bit offsets.
    shape, dtype
        ``(Z) Y X``.
    spacing
        Micrometres per axis, None when unknown.

    Yields
    ------
    Any
        Windows of it are read and written by slices; it lies beside `path`, hidden.

    Raises
    ------
    AdganError
        If zarr is missing, or on a full disk or missing rights.
    """
    zarr = reader("zarr", "zarr", path)
    hidden = path.with_name(f".adgan-{uuid.uuid4().hex}.zarr")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        piece = tuple(min(n, s) for n, s in zip(shape, (1, TILE, TILE)[-len(shape) :], strict=True))
        array = zarr.create_array(hidden, shape=shape, dtype=dtype, chunks=piece)
        yield array
        with atomic(path) as temporary:
            tifffile.imwrite(
                temporary,
                _tiles(array),
                shape=shape,
                dtype=dtype,
                tile=(TILE, TILE),
                compression="zlib",
                photometric="minisblack",
                bigtiff=True,
                ome=True,
                **about_ome(spacing, "ZYX"[-len(shape) :]),
            )
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _tiles(array: Any) -> Iterator[np.ndarray]:
    """Yield the tiles of an array, plane by plane, those at its end filled up."""
    *deep, height, width = array.shape
    for plane in np.ndindex(*deep):
        for row in range(math.ceil(height / TILE)):
            band = array[(*plane, slice(row * TILE, (row + 1) * TILE), slice(None))]
            for column in range(math.ceil(width / TILE)):
                tile = np.zeros((TILE, TILE), array.dtype)
                part = band[:, column * TILE : (column + 1) * TILE]
                tile[: part.shape[0], : part.shape[1]] = part
                yield tile
