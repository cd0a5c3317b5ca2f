"""What the readers of microscope files have in common: images of one file, decoded when asked."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.raw import Raw
from adgan.peak import ask


@dataclass(frozen=True)
class Scene:
    """One image of a file, described and not decoded.

    Attributes
    ----------
    axes, shape, dtype
        A letter for each axis, its length, and the type of the pixels.
    spacing
        Micrometres by axis letter, as far as the file says.
    decode
        Gives the pixels.
    """

    axes: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: dict[str, float]
    decode: Callable[[], np.ndarray]


@dataclass(frozen=True)
class Format:
    """Files of one maker of microscopes.

    Attributes
    ----------
    magic
        Their first bytes.
    scenes
        Opens a file and yields the images in it; raises :class:`AdganError` if the file is damaged
        or what reads it is missing.
    """

    magic: bytes
    scenes: Callable[[Path], AbstractContextManager[list[Scene]]]

    def count(self, path: Path) -> int:
        """Return how many images a file holds."""
        with self.scenes(path) as scenes:
            return len(scenes)

    def read(self, path: Path, scene: int | None, header: bool) -> Raw:
        """Decode one image of a file; parameters and errors as for :func:`choose`."""
        with self.scenes(path) as scenes:
            return choose(scenes, path, scene, header)


def choose(scenes: Sequence[Scene], path: Path, scene: int | None, header: bool) -> Raw:
    """Decode one image of a file.

    Parameters
    ----------
    scenes
        All that are in it.
    path
        The file, for messages.
    scene
        Which one, counted from 0; None where there is but one.
    header
        Whether shape and type are enough: the array then holds nothing but zeros and takes no
        memory.

    Raises
    ------
    AdganError
        If there is none, several and none was chosen, or no such one; or if memory is short.
    """
    if not scenes:
        raise AdganError(f"{path} holds no image: leave it out")
    if scene is None and len(scenes) > 1:
        shapes = ", ".join(str(s.shape) for s in scenes[:4])
        raise AdganError(
            f"{path} holds {len(scenes)} images of their own ({shapes}): take one with `scene=N` "
            f"(0 to {len(scenes) - 1}), or each with `scene=all`"
        )
    if scene is not None and not 0 <= scene < len(scenes):
        raise AdganError(f"{path}: there is no scene {scene}, the file has 0 to {len(scenes) - 1}")
    chosen = scenes[scene or 0]
    if header:
        array = np.broadcast_to(np.zeros((), chosen.dtype), chosen.shape)
    else:
        size = math.prod(chosen.shape) * chosen.dtype.itemsize
        ask(size, str(path), "cut it into parts")
        array = np.asarray(chosen.decode())
    return Raw(array, chosen.axes, chosen.spacing)


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Say of whatever a reader stumbles on that the file is damaged."""
    try:
        yield
    except (AdganError, MemoryError):
        raise
    except Exception as error:  # the readers have no error in common
        raise AdganError(f"{path} is truncated or damaged: copy or save it again") from error
