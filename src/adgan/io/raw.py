"""A decoded file before its axes are interpreted, and its description without pixels."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Raw:
    """A decoded file before its axes are interpreted.

    Attributes
    ----------
    array
        The pixels, with one letter of ``axes`` per dimension.
    axes
        Axis letters, as tifffile names them.
    spacing
        Micrometres by axis letter, for the axes that the file states.
    alpha
        True if the last sample along S is opacity, not intensity.
    """

    array: np.ndarray
    axes: str
    spacing: dict[str, float] = field(default_factory=dict)
    alpha: bool = False


@dataclass(frozen=True)
class Outline:
    """What the header of a file says about its images.

    Attributes
    ----------
    shape
        ``(Z) Y X`` of each frame.
    dtype
        Data type of the pixels, in native byte order.
    spacing
        Micrometres per axis; None if the file does not state them.
    frames
        Number of images in the file.
    guessed
        Number of unnamed pages that are read as slices; 0 if the file or the user names the axes.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: tuple[float, ...] | None
    frames: int
    guessed: int


def unread(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """Return an array of zeros that uses no memory, in place of pixels that are not read."""
    return np.broadcast_to(np.zeros((), dtype), shape)
