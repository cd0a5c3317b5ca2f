"""Decode CZI files of Carl Zeiss microscopes, with czifile."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from adgan.io.extra import reader
from adgan.io.scenes import Format, Scene, damage


@contextmanager
def _scenes(path: Path) -> Iterator[list[Scene]]:
    czifile = reader("czifile", "czi", path)
    with damage(path), czifile.CziFile(path) as file:
        spacing = _spacing(file.metadata())
        if hasattr(file, "scenes"):
            images = file.scenes.values()
            yield [
                Scene("".join(i.dims), tuple(i.shape), np.dtype(i.dtype), spacing, i.asarray)
                for i in images
            ]
        else:
            yield _from_blocks(file.filtered_subblock_directory, spacing)


CZI = Format(b"ZISRAWFI", _scenes)


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


def _spacing(xml: str) -> dict[str, float]:
    """Return micrometres by axis letter; the metadata state metres."""
    found = {}
    for distance in ElementTree.fromstring(xml).iterfind(".//Scaling/Items/Distance"):
        value = distance.findtext("Value")
        if value and float(value) > 0:
            found[str(distance.get("Id"))] = 1e6 * float(value)
    return found
