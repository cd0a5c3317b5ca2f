"""One image that was described and not read, or a file that cannot be used."""

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
    """One image that was described and not read.

    Attributes
    ----------
    path
        The file, or the folder of slices.
    name
        The stem of every file written for it, a sub-folder in front where there is one.
    shape, dtype, spacing
        Of its pixels, as :class:`adgan.io.Image` has them.
    stamp
        Says whether the file is still the one that it was: its size and time, or a hash.
    windows
        Gives what reads windows of it; None where it must be read whole.
    large
        Whether it is never to be read whole.
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
        """Number of pixels."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True)
class Skipped:
    """A file that cannot be used, and why."""

    path: Path
    name: str
    reason: str


def alone(entry: Entry) -> AdganError:
    """Return the error of an image that has another rank than those that lie beside it."""
    kind, others = ("an image", "volumes") if len(entry.shape) == 2 else ("a volume", "images")
    return AdganError(
        f"{entry.path} is {kind} {entry.shape} among {others}: give it apart"
        + ", or split it with `frames=True`" * (len(entry.shape) == 3)
    )


def other_rank(entry: Entry, rank: int) -> AdganError:
    """Return the error of an image that has not the rank that is worked with."""
    kinds = {2: "2D images", 3: "volumes"}
    found = len(entry.shape)
    return AdganError(
        f"{entry.path} has {found} axes and the recipe is for {kinds[rank]}: give such, or use a "
        f"run that was trained on {kinds.get(found, 'such images')}"
    )
