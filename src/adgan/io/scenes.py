"""Common code of the readers of microscope files: the images of one file, decoded on request."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.raw import Raw, unread
from adgan.system.peak import ask


@dataclass(frozen=True)
class Scene:
    """One image of a file, described but not decoded yet.

    Attributes
    ----------
    axes, shape, dtype
        One letter per axis, the length of each axis, and the type of the pixels.
    spacing
        Micrometres by axis letter, for the axes that the file states.
    decode
        Returns the pixels.
    """

    axes: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: dict[str, float]
    decode: Callable[[], np.ndarray]


Opener = Callable[[Path], AbstractContextManager[list[Scene]]]
"""Opens a file and yields the images in it; raises :class:`AdganError` if the file is damaged or
the library that reads it is missing."""


def choose(scenes: Sequence[Scene], path: Path, scene: int | None, header: bool) -> Raw:
    """Decode one image of a file.

    Parameters
    ----------
    scenes
        All images of the file.
    path
        The file, for messages.
    scene
        Index of the image, counted from 0; None if there is only one.
    header
        If True, return only shape and type: the array is then all zeros and uses no memory.

    Raises
    ------
    AdganError
        If the file has no image, no such image, or several of which none is chosen; or if there
        is not enough memory.
    """
    if not scenes:
        raise AdganError(f"{path} contains no image: leave it out")
    chosen = scenes[index_of(scene, [s.shape for s in scenes], path)]
    if header:
        array = unread(chosen.shape, chosen.dtype)
    else:
        size = math.prod(chosen.shape) * chosen.dtype.itemsize
        ask(size, str(path), "cut it into parts")
        array = np.asarray(chosen.decode())
    return Raw(array, chosen.axes, chosen.spacing)


def index_of(scene: int | None, shapes: Sequence[tuple[int, ...]], path: Path) -> int:
    """Return the index of the chosen image of a file, or of the only one.

    Raises
    ------
    AdganError
        If there is no such image, or several of which none is chosen.
    """
    if scene is None and len(shapes) > 1:
        shown = ", ".join(map(str, shapes[:4]))
        raise AdganError(
            f"{path} contains {len(shapes)} separate images ({shown}): read one with `scene=N` "
            f"(0 to {len(shapes) - 1}), or all with `scene=all`"
        )
    if scene is not None and not 0 <= scene < len(shapes):
        raise AdganError(f"{path} has no scene {scene}: it has 0 to {len(shapes) - 1}")
    return scene or 0


def reader(module: str, extra: str, path: Path) -> ModuleType:
    """Import the library that reads a file format.

    Parameters
    ----------
    module
        The name of the library.
    extra
        The extra of this package that installs it.
    path
        The file that needs it, for the message.

    Raises
    ------
    AdganError
        If it is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise AdganError(
            f"{path} cannot be read without {module} ({error}): pip install 'adgan[{extra}]', or "
            "save it as OME-TIFF"
        ) from error


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Turn any error of a reader into the message that the file is damaged."""
    try:
        yield
    except (AdganError, MemoryError):
        raise
    except Exception as error:  # the libraries have no common error class
        raise AdganError(f"{path} is truncated or damaged: copy or save it again") from error
