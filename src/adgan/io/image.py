"""An image as it is read: one channel in a fixed axis order, with its pixel size and name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from adgan.errors import AdganError
from adgan.system.text import component

FLOAT32_RANGE = (1e-15, 1e15)
"""Smallest value range and largest absolute value of an image; the squares of both must be
representable in 32-bit floating point."""


@dataclass(frozen=True)
class Image:
    """One image or volume as stored in a file.

    Attributes
    ----------
    path
        The file it was read from.
    pixels
        ``(Z) Y X``, one channel, in the file's own data type, native byte order.
    spacing
        Micrometres per axis of ``pixels``; None if the file does not state them.
    name
        The stem of every file written for it, with its sub-folder in front, if any; names of
        frames end in ``_t0001``, ...
    outside
        Mask of the pixels that are NaN in the file and were filled; None if there are none.
    """

    path: Path
    pixels: np.ndarray
    spacing: tuple[float, ...] | None
    name: str
    outside: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of pixels per axis."""
        return self.pixels.shape

    @property
    def blank(self) -> bool:
        """True if all pixels have the same value."""
        return bool(self.pixels.min() == self.pixels.max())


def stem(path: Path) -> str:
    """Return a file's name without its suffix: ``cells`` for ``cells.ome.tif``.

    It is safe to use in the names of other files, see :func:`adgan.system.text.component`.

    Parameters
    ----------
    path
        Any path, existing or not.
    """
    name = path.stem
    return component(name[:-4] if name.lower().endswith(".ome") and len(name) > 4 else name)


def check_pixels(image: Image) -> None:
    """Refuse an image without content to train on or to segment.

    Parameters
    ----------
    image
        An intensity image; label maps are not checked, as they may be empty.

    Raises
    ------
    AdganError
        If a pixel is NaN or infinite, if all pixels have the same value, or as
        :func:`check_range`.
    """
    # A NaN makes min and max NaN, and infinities are one of them: two passes find both.
    low, high = image.pixels.min(), image.pixels.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = int(np.count_nonzero(~np.isfinite(image.pixels)))
        raise AdganError(
            f"{image.path} has {bad} pixels that are NaN or infinite: "
            "replace them with numbers, or leave the image out"
        )
    if low == high:
        raise AdganError(
            f"{image.path} ({image.name}) has the same value, {low}, in all pixels: "
            "leave it out, or check the chosen channel"
        )
    check_range(image)


def check_range(image: Image) -> None:
    """Refuse an image whose values 32-bit numbers cannot distinguish; a constant image passes.

    Raises
    ------
    AdganError
        If values are beyond :data:`FLOAT32_RANGE`.
    """
    if image.pixels.dtype.kind != "f" and image.pixels.dtype.itemsize < 8:
        return
    low, high = image.pixels.min(), image.pixels.max()
    least, most = FLOAT32_RANGE
    spread = float(high) - float(low)
    if max(abs(float(low)), abs(float(high))) > most or 0 < spread < least:
        raise AdganError(
            f"{image.path} has values from {low:g} to {high:g}, which 32-bit numbers cannot "
            "distinguish: rescale them so that they are near 1"
        )


def fill_outside(image: Image) -> Image:
    """Replace NaN by the median of the other pixels, and record where they were.

    The median is usually the intensity between nuclei, so that the edge of the filled region does
    not look like the boundary of a nucleus.

    Parameters
    ----------
    image
        As it was read.

    Returns
    -------
    Image
        The same image if it has no NaN.

    Raises
    ------
    AdganError
        If pixels are infinite.
    """
    pixels = image.pixels
    if pixels.dtype.kind != "f" or np.isfinite(pixels.min()) and np.isfinite(pixels.max()):
        return image
    if np.isinf(pixels).any():
        bad = int(np.count_nonzero(np.isinf(pixels)))
        raise AdganError(
            f"{image.path} has {bad} pixels that are infinite: replace them with numbers, or with "
            "NaN outside the imaged area"
        )
    outside = np.isnan(pixels)
    inside = pixels[~outside]
    filled = pixels.copy()
    filled[outside] = np.median(inside) if inside.size else 0
    return replace(image, pixels=filled, outside=outside)


class Named(Protocol):
    """An object with a path and a name of its own."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def name(self) -> str:
        """The stem of the files written for it."""


def check_names(items: Iterable[Named]) -> None:
    """Refuse images whose outputs would have the same file name.

    Raises
    ------
    AdganError
        If two names are equal; names both inputs.
    """
    seen: dict[str, Path] = {}
    for item in items:
        if item.name in seen:
            raise AdganError(
                f"{seen[item.name]} and {item.path} would both be written as '{item.name}': "
                "rename one of them, or process them into different folders"
            )
        seen[item.name] = item.path
