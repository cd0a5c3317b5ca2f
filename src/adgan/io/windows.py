"""Windows of images that stay on the disk: tiled TIFF, BigTIFF and OME-Zarr."""

import math
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError, ImageError
from adgan.io.axes import locate
from adgan.io.cells import Cells
from adgan.io.decode import TIFF, decode, first_bytes
from adgan.io.ome_zarr import is_zarr, open_level
from adgan.io.scenes import damage
from adgan.io.tiff import open_series
from adgan.io.windowed import Window

CHUNK = 2**26
"""Most bytes of a piece that is decoded as one: a file of larger ones is read whole instead."""


@dataclass
class Windows:
    """One image of a file, opened when the first window is asked for.

    It travels to other processes unopened.

    Attributes
    ----------
    path
        The file.
    shape, dtype
        Of the image, ``(Z) Y X``.
    scene
        Which of several images of the file.
    places
        Along each axis of the file's array the index, None where all is wanted.
    order
        Of the axes that stay, so that they are ``(Z) Y X``.
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
            If the file is damaged there.
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
        """Leave out what is open."""
        return {**self.__dict__, "_array": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make a lock of its own."""
        self.__dict__.update(state | {"_lock": threading.Lock()})


def open_windows(
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    axes: str | None = None,
    scene: int | None = None,
    frame: int = 0,
) -> Windows | None:
    """Return an image that is read by window.

    Parameters
    ----------
    path, channel, frames, axes, scene
        As for :func:`adgan.io.read_images`.
    frame
        Number of the image in a time series.

    Returns
    -------
    Windows or None
        None where it must be read whole: another format, zarr not installed, pieces too large, or
        gray saved as colour.
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
        return None  # which reading it whole will tell
    if math.prod(array.chunks) * raw.array.dtype.itemsize > CHUNK:
        return None
    kept = [a for a, p in zip(letters, places, strict=True) if p is None]
    order = tuple(kept.index(a) for a in "ZYX" if a in kept)
    sides = dict(zip(letters, raw.array.shape, strict=True))
    shape = tuple(sides[a] for a in "ZYX" if a in kept)
    return Windows(path, shape, raw.array.dtype.newbyteorder("="), scene, places, order)


def _open(path: Path, scene: int | None) -> Any:
    return open_level(path) if is_zarr(path) else open_series(path, scene)
