"""An image that is described but not read yet, or a file that cannot be used."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.image import Image
from adgan.io.windowed import Windowed


@dataclass(frozen=True)
class Entry:
    """An image that is described but not read yet.

    Attributes
    ----------
    path
        The file, or the folder of slices.
    name
        The stem of every file written for it, with its sub-folder in front, if any.
    shape, dtype, spacing
        Of its pixels, as in :class:`adgan.io.Image`.
    stamp
        Detects changes of the file: its size and time, or a hash.
    load
        Reads the images of the file.
    part, parts
        Index of this image among those that `load` returns, and their number.
    windows
        Opens the image to be read by window, or returns None if it must be read as a whole.
    large
        If True, the image is never read as a whole.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: tuple[float, ...] | None
    stamp: str
    load: Callable[[], list[Image]] = field(repr=False, compare=False)
    part: int = 0
    parts: int = 1
    windows: Callable[[], Windowed | None] = field(default=lambda: None, repr=False, compare=False)
    large: bool = field(default=False, compare=False)

    @property
    def size(self) -> int:
        """The number of pixels."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """The size of the pixels in bytes."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True)
class Skipped:
    """A file that cannot be used, and why."""

    path: Path
    name: str
    reason: str


def alone(entry: Entry) -> AdganError:
    """Return the error for a volume among images, or an image among volumes."""
    kind, others = ("an image", "volumes") if len(entry.shape) == 2 else ("a volume", "images")
    return AdganError(
        f"{entry.path} is {kind} {entry.shape} among {others}: process it separately"
        + ", or split it with `frames=True`" * (len(entry.shape) == 3)
    )


def other_ndim(entry: Entry, ndim: int) -> AdganError:
    """Return the error for an image whose number of axes is not `ndim`."""
    kinds = {2: "2D images", 3: "volumes"}
    found = len(entry.shape)
    return AdganError(
        f"{entry.path} has {found} axes, but the recipe is for {kinds[ndim]}: give {kinds[ndim]}, "
        f"or use a run that was trained on {kinds.get(found, 'such images')}"
    )
