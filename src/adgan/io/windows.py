"""Windows of images that stay on the disk: tiled TIFF, BigTIFF and OME-Zarr."""

import itertools
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from skimage.measure import block_reduce

from adgan.errors import AdganError, ImageError
from adgan.io.axes import locate
from adgan.io.decode import TIFF, decode, first_bytes
from adgan.io.ome_zarr import is_zarr, open_level
from adgan.io.scenes import damage
from adgan.io.tiff import open_series

CHUNK = 2**26
"""Most bytes of a piece that is decoded as one: a file of larger ones is read whole instead."""
CELL, HELD = 1024, 2**26
"""About as many pixels an axis are decoded together for windows smaller than that, and so many
bytes of what was decoded are held."""
PROBES = 16
"""Small windows an axis that are looked at to find out where most happens."""
TILE = 512
"""Rows that most tiled files have a whole number of tiles in."""
Window = tuple[slice, ...]


class Windowed(Protocol):
    """What gives windows of its pixels: an array, or an image on the disk."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(Z) Y X``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the pixels."""

    def __getitem__(self, window: Any, /) -> np.ndarray:
        """Return a window, one slice an axis."""


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
        if found is None or raw.array.dtype == bool:
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


class Cells:
    """Windows of an array that is decoded piece by piece: small ones share what was decoded last.

    Parameters
    ----------
    array
        With ``shape``, ``chunks`` and windows by slices and numbers.
    """

    def __init__(self, array: Any):
        self.array = array
        self.sides = [
            min(n, -(-CELL // c) * c) for n, c in zip(array.shape, array.chunks, strict=True)
        ]
        self.held: OrderedDict[tuple[int, ...], np.ndarray] = OrderedDict()

    def __getitem__(self, index: tuple[Any, ...]) -> np.ndarray:
        """Return a window; along an axis with a number nothing is left."""
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

    def _cell(self, place: tuple[int, ...]) -> np.ndarray:
        if place not in self.held:
            index = tuple(slice(p * s, (p + 1) * s) for p, s in zip(place, self.sides, strict=True))
            self.held[place] = np.asarray(self.array[index])
            while len(self.held) > 1 and sum(c.nbytes for c in self.held.values()) > HELD:
                self.held.popitem(last=False)
        self.held.move_to_end(place)
        return self.held[place]


def _open(path: Path, scene: int | None) -> Any:
    return open_level(path) if is_zarr(path) else open_series(path, scene)


@dataclass(frozen=True)
class Filled:
    """An image whose NaN have a value, see :mod:`adgan.io.outside`, and which may be a negative.

    Attributes
    ----------
    source
        The image.
    fill
        In place of NaN.
    mirror
        Sum of an intensity and that of the negative; None leaves the image as it is.
    """

    source: Windowed
    fill: float = 0.0
    mirror: float | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """``(Z) Y X``."""
        return self.source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the pixels."""
        return self.source.dtype

    def __getitem__(self, window: Window, /) -> np.ndarray:
        """Return a window in which all is a number."""
        part = self.source[window]
        if part.dtype.kind == "f" and np.isnan(part).any():
            part = np.where(np.isnan(part), np.asarray(self.fill, part.dtype), part)
        return part if self.mirror is None else self.mirror - part.astype(np.float32)

    def outside(self, window: Window) -> np.ndarray | None:
        """Return where a window has no number; None where it has one everywhere."""
        if self.dtype.kind != "f":
            return None
        nothing = np.isnan(self.source[window])
        return nothing if nothing.any() else None


def slabs(shape: Sequence[int], pixels: int = 2**24) -> list[Window]:
    """Cut an image along its first axis into windows of about so many pixels."""
    depth = max(1, pixels // math.prod(shape[1:]))
    if depth > TILE:
        depth = depth // TILE * TILE  # so that no tile is decoded twice
    rest = tuple(slice(0, n) for n in shape[1:])
    return [(slice(a, min(a + depth, shape[0])), *rest) for a in range(0, shape[0], depth)]


def glimpses(
    source: Windowed,
    number: int,
    side: int,
    worth: Callable[[np.ndarray], float] = lambda part: float(np.std(part)),
) -> list[Window]:
    """Return windows of a large image, those in which most happens, apart from each other.

    A grid of small probes tells where that is.

    Parameters
    ----------
    source
        The image.
    number
        Of windows, at most.
    side
        Of a window.
    worth
        Of a probe.
    """
    shape = source.shape
    probe = [max(1, min(n, side // 4)) for n in shape]
    grid = [min(PROBES, -(-2 * n // side)) for n in shape]
    ranked = []
    for place in np.ndindex(*grid):
        middles = [int((p + 0.5) * n / g) for p, n, g in zip(place, shape, grid, strict=True)]
        part = source[_around(middles, probe, shape)]
        finite = part[np.isfinite(part)] if part.dtype.kind == "f" else part
        ranked.append((worth(finite.astype(np.float32)) if finite.size else 0.0, middles))
    ranked.sort(key=lambda pair: -pair[0])
    chosen: list[list[int]] = []
    for _, middles in ranked:
        far = (max(abs(a - b) for a, b in zip(middles, m, strict=True)) >= side for m in chosen)
        if len(chosen) < number and all(far):
            chosen.append(middles)
    return [_around(middles, [side] * len(shape), shape) for middles in chosen]


def _around(middles: Sequence[int], sides: Sequence[int], shape: Sequence[int]) -> Window:
    starts = [max(0, min(m - s // 2, n - s)) for m, s, n in zip(middles, sides, shape, strict=True)]
    return tuple(slice(a, min(a + s, n)) for a, s, n in zip(starts, sides, shape, strict=True))


def coarse_copy(source: Windowed, side: int) -> tuple[np.ndarray, int]:
    """Return an image with blocks of its pixels averaged, float32, and the side of a block.

    Parameters
    ----------
    source
        The image.
    side
        Of the copy, about, at most.
    """
    factor = max(1, -(-max(source.shape) // side))
    whole = [n // factor * factor or n for n in source.shape]
    blocks = tuple(min(factor, n) for n in whole)
    parts = []
    for window in slabs((whole[0] // blocks[0], *whole[1:])):
        rows = slice(window[0].start * blocks[0], window[0].stop * blocks[0])
        part = source[(rows, *(slice(0, n) for n in whole[1:]))]
        parts.append(block_reduce(part.astype(np.float32), blocks, np.mean))
    return np.concatenate(parts), factor
