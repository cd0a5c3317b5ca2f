"""Decodes ND2 files of Nikon microscopes, through nd2."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io.axes import Raw
from adgan.io.extra import reader
from adgan.io.scenes import Scene, choose, damage

MAGIC = b"\xda\xce\xbe\x0a"


def count_nd2(path: Path) -> int:
    """Return how many positions of the stage a file holds."""
    with _scenes(path) as scenes:
        return len(scenes)


def read_nd2(path: Path, scene: int | None = None, header: bool = False) -> Raw:
    """Decode one position.

    Parameters
    ----------
    path, scene, header
        As for :func:`adgan.io.scenes.choose`.

    Raises
    ------
    AdganError
        If the file is damaged, nd2 is missing, or a position must be chosen.
    """
    with _scenes(path) as scenes:
        return choose(scenes, path, scene, header)


@contextmanager
def _scenes(path: Path) -> Iterator[list[Scene]]:
    nd2 = reader("nd2", "nd2", path)
    with damage(path), nd2.ND2File(path) as file:
        sizes = dict(file.sizes)
        positions = sizes.pop("P", 1)
        axes, voxel = "".join(sizes), file.voxel_size()
        spacing = {a: float(getattr(voxel, a.lower())) for a in "ZYX" if a in sizes}
        spacing = {axis: side for axis, side in spacing.items() if side > 0}
        yield [
            Scene(
                axes,
                tuple(sizes.values()),
                np.dtype(file.dtype),
                spacing,
                partial(_position, file, number if positions > 1 else None),
            )
            for number in range(positions)
        ]


def _position(file: Any, number: int | None) -> np.ndarray:
    return np.asarray(file.asarray(position=number))
