"""What gives windows of its pixels: an array, an image on the disk, or either without its NaN."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

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
    fill: float
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
