"""Sources of windows of pixels: an array, an image on the disk, or either with its NaN filled."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Window = tuple[slice, ...]


class Windowed(Protocol):
    """A source of windows of pixels: an array, or an image on the disk."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(Z) Y X``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the pixels."""

    def __getitem__(self, window: Any, /) -> np.ndarray:
        """Return a window, given by one slice per axis."""


@dataclass(frozen=True)
class Filled:
    """An image with its NaN filled and optionally inverted.

    See :func:`adgan.io.image.fill_outside`.

    Attributes
    ----------
    source
        The image.
    fill
        Value that replaces NaN.
    mirror
        Sum of an intensity and its inverted intensity; None if the image is not inverted.
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
        """Return a window without NaN."""
        part = self.source[window]
        if part.dtype.kind == "f" and np.isnan(part).any():
            part = np.where(np.isnan(part), np.asarray(self.fill, part.dtype), part)
        return part if self.mirror is None else self.mirror - part.astype(np.float32)

    def outside(self, window: Window) -> np.ndarray | None:
        """Return the mask of NaN in a window; None if there are none."""
        if self.dtype.kind != "f":
            return None
        nothing = np.isnan(self.source[window])
        return nothing if nothing.any() else None
