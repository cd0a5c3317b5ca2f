"""Hypothesis strategies for images, label maps, files, text, tables and settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import tifffile
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

TYPES = ("uint8", "uint16", "int16", "uint32", "int32", "float32", "float64")
COMPRESSIONS = (None, "zlib", "lzw", "packbits", "zstd", "lzma")
SPECIAL_CHARACTERS = "=+-@'\t\r\n/\\\x1b\x00\u202e;,\"[]. "
"""Characters with a special meaning in spreadsheets, shells, terminals and paths."""


def shapes(ndim: int = 2) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw the shape of an image, ``(Z) Y X``, with every side longer than 1."""
    return st.tuples(*[st.integers(2, 24)] * ndim)


def ndims() -> st.SearchStrategy[int]:
    """Draw 2, for images, or 3, for volumes."""
    return st.integers(2, 3)


@st.composite
def pixels(draw: st.DrawFn, ndim: int = 2, types: tuple[str, ...] = TYPES) -> np.ndarray:
    """Draw finite intensities ``(Z) Y X`` of any type."""
    dtype = np.dtype(draw(st.sampled_from(types)))
    if dtype.kind == "f":
        bounded = st.floats(-1e6, 1e6, width=32).map(float)
        return draw(arrays.arrays(dtype, shapes(ndim), elements=bounded))
    return draw(arrays.arrays(dtype, shapes(ndim)))


@st.composite
def label_maps(draw: st.DrawFn, ndim: int = 2) -> np.ndarray:
    """Draw a label map ``(Z) Y X`` of boxes with any numbers from 1, uint32; 0 is background."""
    labels = np.zeros(draw(shapes(ndim)), np.uint32)
    for _ in range(draw(st.integers(0, 5))):
        box = []
        for side in labels.shape:
            start = draw(st.integers(0, side - 1))
            box.append(slice(start, draw(st.integers(start + 1, side))))
        labels[tuple(box)] = draw(st.integers(1, 70_000))
    return labels


def spacings(ndim: int = 2) -> st.SearchStrategy[tuple[float, ...] | None]:
    """Draw micrometres per pixel, ``(Z) Y X``; None if a file does not state them."""
    return st.none() | st.tuples(*[st.floats(1e-3, 1e3)] * ndim)


def names() -> st.SearchStrategy[str]:
    """Draw any text that may be a file name or the content of a file."""
    return st.text(st.characters() | st.sampled_from(SPECIAL_CHARACTERS), max_size=300)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Draw the columns of a table by name: integers, floating-point numbers and text."""
    rows = draw(st.integers(1, 5))
    text = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)
    text |= text.map(lambda rest: "=" + rest)
    kinds = [
        arrays.arrays(np.int64, rows),
        arrays.arrays(np.float64, rows, elements=st.floats(allow_nan=False, allow_infinity=False)),
        st.lists(text, min_size=rows, max_size=rows).map(np.array),
    ]
    names_ = st.from_regex(r"[a-z_]{1,9}", fullmatch=True)
    return draw(st.dictionaries(names_, st.one_of(kinds), min_size=1, max_size=4))


def settings() -> st.SearchStrategy[dict[str, Any]]:
    """Draw nested settings of plain values that JSON and YAML can represent."""
    plain: st.SearchStrategy[Any] = (
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9)
    )
    plain = plain | st.text(st.characters(codec="utf-8"), max_size=20)
    plain = plain | st.lists(st.integers(-9, 9), max_size=3)
    groups = st.text("abcdefg_", min_size=1, max_size=8)
    found: st.SearchStrategy[Any] = st.dictionaries(groups, plain, max_size=4)
    for _ in range(2):
        found = st.dictionaries(groups, plain | found, max_size=4)
    return found


@st.composite
def image_files(draw: st.DrawFn) -> tuple[str, np.ndarray, Callable[[Path], object]]:
    """Draw an image file: its suffix, its expected pixels, and a function that writes it.

    TIFF, plain, tiled, compressed, of either byte order, big or not, OME or ImageJ; PNG of 8 and
    16 bits.
    """
    if draw(st.booleans()):
        image = draw(pixels(2, ("uint8", "uint16")))
        return ".png", image, lambda path: PIL.Image.fromarray(image).save(path, format="PNG")
    ndim = draw(ndims())
    image = draw(pixels(ndim))
    axes = "ZYX"[-ndim:]
    options: dict[str, Any] = {
        "compression": draw(st.sampled_from(COMPRESSIONS)),
        "tile": draw(st.sampled_from([None, (16, 16)])),
        "photometric": "minisblack",
        "metadata": {"axes": axes},
    }
    form = draw(st.sampled_from(["plain", "ome", "imagej", "big"]))
    if form == "imagej" and image.dtype.name in ("uint8", "uint16", "float32"):
        options["imagej"] = True
    elif form in ("ome", "imagej"):
        options["ome"] = True
    else:
        options |= {"bigtiff": form == "big", "byteorder": draw(st.sampled_from("<>"))}
    return ".tif", image, lambda path: tifffile.imwrite(path, image, **options)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Draw a file in which some bytes are changed, removed, repeated or inserted."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        # The first bytes decide most about a file.
        at = draw(st.integers(0, len(data)) | st.integers(0, min(400, len(data))))
        size = draw(st.integers(1, 200))
        match draw(st.sampled_from(["change", "cut", "double", "end", "extreme"])):
            case "change":
                data[at : at + 4] = draw(st.binary(min_size=1, max_size=8))
            case "cut":
                del data[at : at + size]
            case "double":
                data[at:at] = data[at : at + size]
            case "end":
                del data[max(1, at) :]
            case "extreme":
                data[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4]))
    return bytes(data)
