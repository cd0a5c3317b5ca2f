"""Arrays that are filled window by window on the disk and then written as tiled BigTIFF."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from adgan.io.atomic import atomic, cannot_write
from adgan.io.scenes import reader
from adgan.io.write import about_ome

TILE_SIDE_PIXELS = 512
"""Side of a tile along Y and X in pixels, and of a chunk of the temporary array."""


@contextmanager
def filled_tiff(
    path: Path, shape: tuple[int, ...], dtype: str, spacing: tuple[float, ...] | None
) -> Iterator[Any]:
    """Yield an array of zeros to be filled by window, and write it as TIFF if there is no error.

    Parameters
    ----------
    path
        The TIFF to write: OME, tiled, compressed, with 64-bit offsets.
    shape, dtype
        ``(Z) Y X``.
    spacing
        Micrometres per axis; None if unknown.

    Yields
    ------
    Any
        An array whose windows are read and written by slices, in a hidden folder next to `path`.

    Raises
    ------
    AdganError
        If zarr is missing, the disk is full, or permissions are missing.
    """
    zarr = reader("zarr", "zarr", path)
    hidden = path.with_name(f".adgan-{uuid.uuid4().hex}.zarr")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sides = (1, TILE_SIDE_PIXELS, TILE_SIDE_PIXELS)[-len(shape) :]
        piece = tuple(map(min, shape, sides))
        array = zarr.create_array(hidden, shape=shape, dtype=dtype, chunks=piece)
        yield array
        with atomic(path) as temporary:
            tifffile.imwrite(
                temporary,
                _tiles(array),
                shape=shape,
                dtype=dtype,
                tile=(TILE_SIDE_PIXELS, TILE_SIDE_PIXELS),
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
    """Yield the tiles of an array, plane by plane, padded to full size at the edges."""
    *deep, height, width = array.shape
    for plane in np.ndindex(*deep):
        for row in range(0, height, TILE_SIDE_PIXELS):
            band = array[(*plane, slice(row, row + TILE_SIDE_PIXELS), slice(None))]
            for column in range(0, width, TILE_SIDE_PIXELS):
                part = band[:, column : column + TILE_SIDE_PIXELS]
                yield np.pad(part, [(0, TILE_SIDE_PIXELS - side) for side in part.shape])
