"""Decode ND2 files of Nikon microscopes, with nd2."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io.extra import reader
from adgan.io.scenes import Format, Scene, damage


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


ND2 = Format(b"\xda\xce\xbe\x0a", _scenes)


def _position(file: Any, number: int | None) -> np.ndarray:
    return np.asarray(file.asarray(position=number))
