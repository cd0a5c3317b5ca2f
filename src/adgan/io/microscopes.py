"""Decode the files of microscopes: CZI of Zeiss, LIF of Leica and ND2 of Nikon."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from adgan.io.scenes import Opener, Scene, damage, reader


@contextmanager
def _czi(path: Path) -> Iterator[list[Scene]]:
    czifile = reader("czifile", "czi", path)
    with damage(path), czifile.CziFile(path) as file:
        spacing = _czi_spacing(file.metadata())
        if hasattr(file, "scenes"):
            images = file.scenes.values()
            yield [
                Scene("".join(i.dims), tuple(i.shape), np.dtype(i.dtype), spacing, i.asarray)
                for i in images
            ]
        else:
            yield _from_blocks(file.filtered_subblock_directory, spacing)


def _from_blocks(blocks: list[Any], spacing: dict[str, float]) -> list[Scene]:
    """Return the scenes of a file from its blocks: older versions of czifile merge all scenes."""
    by_scene: dict[int, list[Any]] = {}
    for block in blocks:
        axes = block.axes
        number = block.start[axes.index("S")] if "S" in axes else 0
        by_scene.setdefault(number, []).append(block)
    scenes = []
    for _, held in sorted(by_scene.items()):
        # 0 is the colour sample; M numbers the tiles of a mosaic, placed by their start positions.
        axes = held[0].axes.translate(str.maketrans({"S": None, "M": None, "0": "S"}))
        kept = [i for i, a in enumerate(held[0].axes) if a not in "SM"]
        starts = np.array([[block.start[i] for i in kept] for block in held])
        sides = np.array([[block.shape[i] for i in kept] for block in held])
        low, high = starts.min(0), (starts + sides).max(0)
        shape, dtype = tuple((high - low).tolist()), np.dtype(held[0].dtype)
        decode = partial(_assemble, held, starts - low, shape, dtype)
        scenes.append(Scene(axes, shape, dtype, spacing, decode))
    return scenes


def _assemble(
    blocks: list[Any], starts: np.ndarray, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> np.ndarray:
    whole = np.zeros(shape, dtype)
    for block, start in zip(blocks, starts, strict=True):
        data = block.data_segment().data()
        alone = tuple(i for i, a in enumerate(block.axes) if a in "SM")
        data = data.squeeze(alone)
        whole[tuple(slice(a, a + n) for a, n in zip(start, data.shape, strict=True))] = data
    return whole


def _czi_spacing(xml: str) -> dict[str, float]:
    """Return micrometres by axis letter; the metadata state metres."""
    found = {}
    for distance in ElementTree.fromstring(xml).iterfind(".//Scaling/Items/Distance"):
        value = distance.findtext("Value")
        if value and float(value) > 0:
            found[str(distance.get("Id"))] = 1e6 * float(value)
    return found


@contextmanager
def _lif(path: Path) -> Iterator[list[Scene]]:
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


@contextmanager
def _nd2(path: Path) -> Iterator[list[Scene]]:
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


MICROSCOPES: dict[bytes, Opener] = {
    b"ZISRAWFI": _czi,
    b"\x70\x00\x00\x00": _lif,
    b"\xda\xce\xbe\x0a": _nd2,
}
"""What opens the files of each format, by their first bytes."""
