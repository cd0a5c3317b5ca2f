"""What reading gives: one channel, axes settled, with its pixel size and its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from adgan.errors import AdganError
from adgan.text import component

RANGE = (1e-15, 1e15)
"""Least difference and largest value of an image: squares of both are computed in 32 bits."""


@dataclass(frozen=True)
class Image:
    """One image or volume as it lies in a file.

    Attributes
    ----------
    path
        The file it was read from.
    pixels
        ``(Z) Y X``, one channel, in the file's own data type, native byte order.
    spacing
        Micrometres per axis of ``pixels``; None when the file does not say.
    name
        The stem of every file written for it, a sub-folder in front where there is one; frames
        of a series end in ``_t0001``, ...
    outside
        Pixels that the file has no number for, which were filled in; None where there are none.
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
        """Whether all pixels have one value."""
        return bool(self.pixels.min() == self.pixels.max())


def stem(path: Path) -> str:
    """Return the file's name without its suffix; ``cells.ome.tif`` gives ``cells``.

    It is safe as the name of other files, see :func:`adgan.text.component`.

    Parameters
    ----------
    path
        Any path, existing or not.

    Returns
    -------
    str
    """
    name = path.stem
    return component(name[:-4] if name.lower().endswith(".ome") and len(name) > 4 else name)


def check_pixels(image: Image) -> None:
    """Refuse an image in which there is nothing to learn or to segment.

    Parameters
    ----------
    image
        An intensity image; label maps need no such check, an empty map is a fine one.

    Raises
    ------
    AdganError
        If a pixel is NaN or infinite, all pixels have one value, or as :func:`check_range`.
    """
    # NaN travels through min and infinities end at one side: two passes see it all.
    low, high = image.pixels.min(), image.pixels.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = int(np.count_nonzero(~np.isfinite(image.pixels)))
        raise AdganError(
            f"{image.path} has {bad} pixels that are NaN or infinite: "
            "replace them with numbers, or leave the image out"
        )
    if low == high:
        raise AdganError(
            f"{image.path} ({image.name}) has the one value {low} everywhere: "
            "leave it out, or check the chosen channel"
        )
    check_range(image)


def check_range(image: Image) -> None:
    """Refuse an image whose values 32 bits cannot tell apart; it may have one value everywhere.

    Raises
    ------
    AdganError
        If values are beyond :data:`RANGE`.
    """
    if image.pixels.dtype.kind != "f" and image.pixels.dtype.itemsize < 8:
        return
    low, high = image.pixels.min(), image.pixels.max()
    least, most = RANGE
    spread = float(high) - float(low)
    if max(abs(float(low)), abs(float(high))) > most or 0 < spread < least:
        raise AdganError(
            f"{image.path} has values from {low:g} to {high:g}, which 32 bits cannot tell apart: "
            "multiply or divide them until they are near 1"
        )


class Named(Protocol):
    """What has a name of its own beside the path that it comes from."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def name(self) -> str:
        """The stem of what is written for it."""


def check_names(items: Iterable[Path | Named]) -> None:
    """Refuse inputs whose outputs would carry the same file name.

    Parameters
    ----------
    items
        Paths, or images (whose names tell frames apart).

    Raises
    ------
    AdganError
        Naming the two inputs that collide.
    """
    seen: dict[str, Path] = {}
    for item in items:
        name, path = (stem(item), item) if isinstance(item, Path) else (item.name, item.path)
        if name in seen:
            raise AdganError(
                f"{seen[name]} and {path} would both be written as '{name}': "
                "rename one of them, or run them into different folders"
            )
        seen[name] = path
