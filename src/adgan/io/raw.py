"""What a decoded file is before its axes are settled, and what is known of it without pixels."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Raw:
    """A decoded file before its axes are settled.

    Attributes
    ----------
    array
        The pixels, with one letter of ``axes`` for each dimension.
    axes
        Axis letters, as tifffile names them.
    spacing
        Micrometres by axis letter, as far as the file says.
    alpha
        Whether the last sample along S is opacity and not light.
    """

    array: np.ndarray
    axes: str
    spacing: dict[str, float] = field(default_factory=dict)
    alpha: bool = False


@dataclass(frozen=True)
class Outline:
    """What is known of an image before its pixels are.

    Attributes
    ----------
    shape
        ``(Z) Y X``, of each frame.
    dtype
        Of the pixels, in native byte order.
    spacing
        Micrometres per axis; None when the file does not say.
    frames
        Images in the file.
    guessed
        Unnamed pages that are taken for slices; 0 where the file names them, or somebody did.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: tuple[float, ...] | None
    frames: int
    guessed: int
