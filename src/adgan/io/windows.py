"""Windows of images that stay on the disk: tiled TIFF, BigTIFF and OME-Zarr."""

import itertools
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError, ImageError
from adgan.io.axes import locate
from adgan.io.decode import TIFF, decode, first_bytes
from adgan.io.ome_zarr import is_zarr, open_level
from adgan.io.scenes import damage
from adgan.io.tiff import open_series
from adgan.io.windowed import Window

CHUNK_BYTES_MAX = 2**26
"""Largest size in bytes of a chunk, the piece that is decoded at once. A file with larger chunks
is read as a whole instead."""


@dataclass(frozen=True)
class CellLimits:
    """How large cells are, and how many are kept.

    Parameters
    ----------
    side
        Approximate side of the cells that are decoded together for smaller windows, in pixels.
    memory
        Memory for decoded cells, in bytes.
    """

    side: int = 1024
    memory: int = 2**26


CELLS = CellLimits()


@dataclass
class Windows:
    """One image of a file, opened when the first window is read.

    A copy sent to another process is not open.

    Attributes
    ----------
    path
        The file.
    shape, dtype
        Of the image, ``(Z) Y X``.
    scene
        Index of the image in a file with several.
    places
        The index along each axis of the file's array; None for an axis that is read completely.
    order
        Permutation of the remaining axes to ``(Z) Y X``.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scene: int | None
    places: list[int | None]
    order: tuple[int, ...]
    _array: Any = field(default=None, repr=False, compare=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def __getitem__(self, window: Window, /) -> np.ndarray:
        """Read a window, in native byte order.

        Raises
        ------
        ImageError
            If the file is damaged at that place.
        """
        wanted = dict(zip(self.order, window, strict=True))
        free = iter(range(len(self.order)))
        index = tuple(wanted[next(free)] if p is None else p for p in self.places)
        try:
            with damage(self.path), self._lock:
                if self._array is None:
                    self._array = Cells(_open(self.path, self.scene))
                part = np.asarray(self._array[index])
        except AdganError as error:
            raise ImageError(str(error)) from error
        return np.ascontiguousarray(part.transpose(self.order), dtype=self.dtype)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the open file."""
        return {**self.__dict__, "_array": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Create a new lock."""
        self.__dict__.update(state | {"_lock": threading.Lock()})


class Cells:
    """Windows of an array that is decoded in cells: small windows share the decoded cells.

    Parameters
    ----------
    array
        Has ``shape`` and ``chunks``, and is indexed by slices and numbers.
    """

    def __init__(self, array: Any):
        self.array = array
        self.sides = [
            min(n, -(-CELLS.side // c) * c) for n, c in zip(array.shape, array.chunks, strict=True)
        ]
        self.held: OrderedDict[tuple[int, ...], np.ndarray] = OrderedDict()

    def __getitem__(self, index: tuple[Any, ...]) -> np.ndarray:
        """Return a window; an axis indexed by a number is removed."""
        alone = tuple(i for i, one in enumerate(index) if not isinstance(one, slice))
        wide = [one if isinstance(one, slice) else slice(one, one + 1) for one in index]
        ranges = [range(*one.indices(n)) for one, n in zip(wide, self.array.shape, strict=True)]
        if max(self.array.chunks) == 1 or any(r.step > 1 for r in ranges):
            return np.asarray(self.array[index])
        if math.prod(map(len, ranges)) >= math.prod(self.sides):
            return np.asarray(self.array[index])
        whole = np.empty([len(r) for r in ranges], self.array.dtype)
        spans = [
            range(r.start // s, -(-r.stop // s)) for r, s in zip(ranges, self.sides, strict=True)
        ]
        for place in itertools.product(*spans):
            corner = [p * s for p, s in zip(place, self.sides, strict=True)]
            into, of = [], []
            for r, c, s in zip(ranges, corner, self.sides, strict=True):
                first, last = max(r.start, c), min(r.stop, c + s)
                into.append(slice(first - r.start, last - r.start))
                of.append(slice(first - c, last - c))
            whole[tuple(into)] = self._cell(place)[tuple(of)]
        return whole.squeeze(alone)

    @property
    def _nbytes(self) -> int:
        return sum(cell.nbytes for cell in self.held.values())

    def _cell(self, place: tuple[int, ...]) -> np.ndarray:
        if place not in self.held:
            index = tuple(slice(p * s, (p + 1) * s) for p, s in zip(place, self.sides, strict=True))
            self.held[place] = np.asarray(self.array[index])
            while len(self.held) > 1 and self._nbytes > CELLS.memory:
                self.held.popitem(last=False)
        self.held.move_to_end(place)
        return self.held[place]


def open_windows(
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    axes: str | None = None,
    scene: int | None = None,
    frame: int = 0,
) -> Windows | None:
    """Open an image that is read by window.

    Parameters
    ----------
    path, channel, frames, axes, scene
        As for :func:`adgan.io.read_images`.
    frame
        Index of the image in a time series.

    Returns
    -------
    Windows or None
        None if the image must be read as a whole: another format, zarr not installed, chunks too
        large, or gray saved as colour.
    """
    try:
        if not (is_zarr(path) or first_bytes(path).startswith(TIFF)):
            return None
        raw = decode(path, scene=scene, header=True)
        found = locate(raw, path, channel, frames, axes, frame)
        if found is None:
            return None
        letters, places = found
        array = _open(path, scene)
    except (AdganError, ImportError):
        return None  # reading the whole image raises the error
    if math.prod(array.chunks) * raw.array.dtype.itemsize > CHUNK_BYTES_MAX:
        return None
    kept = [a for a, p in zip(letters, places, strict=True) if p is None]
    order = tuple(kept.index(a) for a in "ZYX" if a in kept)
    sides = dict(zip(letters, raw.array.shape, strict=True))
    shape = tuple(sides[a] for a in "ZYX" if a in kept)
    return Windows(path, shape, raw.array.dtype.newbyteorder("="), scene, places, order)


def _open(path: Path, scene: int | None) -> Any:
    return open_level(path) if is_zarr(path) else open_series(path, scene)
