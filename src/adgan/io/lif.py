"""Decode LIF files of Leica microscopes, with liffile."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from adgan.io.extra import reader
from adgan.io.scenes import Format, Scene, damage


@contextmanager
def _scenes(path: Path) -> Iterator[list[Scene]]:
    liffile = reader("liffile", "lif", path)
    with damage(path), liffile.LifFile(path) as file:
        yield [
            Scene(
                "".join(image.dims),
                tuple(image.shape),
                np.dtype(image.dtype),
                # Positions along an axis are in metres.
                {
                    axis: 1e6 * abs(float(places[1] - places[0]))
                    for axis, places in image.coords.items()
                    if axis in "ZYX" and len(places) > 1
                },
                image.asarray,
            )
            for image in file.images
        ]


LIF = Format(b"\x70\x00\x00\x00", _scenes)
