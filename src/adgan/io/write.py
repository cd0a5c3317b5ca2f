"""Write label maps, gray images and pictures atomically."""

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import tifffile

from adgan.io.atomic import atomic
from adgan.io.labels import whole_labels
from adgan.io.spacing import check_spacing

IMAGEJ_TYPES = ("uint8", "uint16", "float32")
IMAGEJ_BYTES = 2**32 - 2**25
"""Largest size in bytes of an ImageJ TIFF, whose offsets end at 4 GiB; larger stacks are OME."""


def write_labels(
    path: str | os.PathLike[str],
    labels: np.ndarray,
    spacing: tuple[float, ...] | None = None,
    dtype: str | None = None,
) -> None:
    """Write a label map as a compressed TIFF, whose pixel size ImageJ and QuPath read.

    Parameters
    ----------
    path
        The file to write, ``.tif``.
    labels
        ``(Z) Y X`` whole numbers from 0.
    spacing
        Micrometres per axis; None if unknown.
    dtype
        ``"uint16"`` or ``"uint32"`` (default: uint32 only if a label exceeds 65,535).

    Raises
    ------
    AdganError
        If labels are negative, not whole or do not fit ``dtype``, the disk is full, or
        permissions are missing.
    """
    _write_tiff(Path(path), whole_labels(labels, Path(path), dtype), spacing)


def write_stack(
    path: str | os.PathLike[str],
    maps: Iterable[np.ndarray],
    shape: tuple[int, ...],
    spacing: tuple[float, ...] | None = None,
) -> None:
    """Write the label maps of a time series as one TIFF, one map in memory at a time.

    Errors are those of :func:`atomic`.

    Parameters
    ----------
    path
        The file to write, ``.tif``.
    maps
        ``(Z) Y X`` each, with labels up to 65,535.
    shape
        Shape of the whole series, ``T (Z) Y X``.
    spacing
        Micrometres per axis ``(Z) Y X``; None if unknown.
    """
    whole = (labels.astype(np.uint16, copy=False) for labels in maps)
    planes = whole if len(shape) == 3 else (plane for volume in whole for plane in volume)
    _write_tiff(Path(path), planes, spacing, shape, np.dtype(np.uint16))


def write_gray(
    path: str | os.PathLike[str], array: np.ndarray, spacing: tuple[float, ...] | None = None
) -> None:
    """Write one channel as a compressed TIFF, such as a probability map or a synthetic image.

    Errors are those of :func:`atomic`.

    Parameters
    ----------
    path
        The file to write, ``.tif``.
    array
        ``(Z) Y X``; uint8 and uint16 are kept, other types become float32.
    spacing
        Micrometres per axis; None if unknown.
    """
    kept = array.dtype.name in IMAGEJ_TYPES
    _write_tiff(Path(path), array if kept else array.astype(np.float32), spacing)


def write_png(path: str | os.PathLike[str], rgb: np.ndarray) -> None:
    """Write a colour picture; raises as :func:`atomic`.

    Parameters
    ----------
    path
        The file to write, ``.png``.
    rgb
        ``Y X 3`` uint8.
    """
    assert rgb.ndim == 3 and rgb.shape[2] == 3 and rgb.dtype == np.uint8, "pictures are Y X 3 uint8"
    with atomic(path) as temporary:
        PIL.Image.fromarray(rgb).save(temporary, format="PNG")


def _write_tiff(
    path: Path,
    array: np.ndarray | Iterator[np.ndarray],
    spacing: tuple[float, ...] | None,
    shape: tuple[int, ...] | None = None,
    dtype: np.dtype[Any] | None = None,
) -> None:
    """Write an ImageJ TIFF if that format can store the array, and otherwise an OME-TIFF.

    An iterator of planes is a time series with the given shape and dtype.
    """
    if isinstance(array, np.ndarray):
        shape, dtype = array.shape, array.dtype
        axes = "ZYX"[-array.ndim :]
    else:
        assert shape is not None and dtype is not None
        axes = "T" + "ZYX"[1 - len(shape) :]
    ndim = len(axes.lstrip("T"))
    assert len(shape) == len(axes) and ndim in (2, 3), "arrays are (Z) Y X"
    nbytes = math.prod(shape) * dtype.itemsize
    if spacing is not None:
        check_spacing(spacing, ndim)
    size = dict(zip(axes.lstrip("T"), spacing or (), strict=spacing is not None))
    options: dict[str, Any] = {"compression": "zlib", "photometric": "minisblack"}
    if not isinstance(array, np.ndarray):
        options |= {"shape": shape, "dtype": dtype}
    if dtype.name in IMAGEJ_TYPES and nbytes < IMAGEJ_BYTES:
        metadata: dict[str, Any] = {"axes": axes}
        if size:
            options["resolution"] = (1 / size["X"], 1 / size["Y"])
            metadata["unit"] = "micron"
            metadata |= {"spacing": size["Z"]} if "Z" in size else {}
        options |= {"imagej": True, "metadata": metadata}
    else:
        options |= about_ome(spacing, axes)
        options |= {"ome": True, "bigtiff": nbytes >= IMAGEJ_BYTES}
    with atomic(path) as temporary:
        tifffile.imwrite(temporary, array, **options)


def about_ome(spacing: tuple[float, ...] | None, axes: str) -> dict[str, Any]:
    """Return the arguments of `tifffile.imwrite` for the axes and pixel size of an OME-TIFF."""
    size = dict(zip(axes.lstrip("T"), spacing or (), strict=spacing is not None))
    metadata: dict[str, Any] = {"axes": axes}
    for axis, micrometres in size.items():
        metadata[f"PhysicalSize{axis}"] = micrometres
        metadata[f"PhysicalSize{axis}Unit"] = "µm"
    about: dict[str, Any] = {"metadata": metadata}
    if size:  # for programs that read only the tags
        about |= {"resolution": (1e4 / size["X"], 1e4 / size["Y"]), "resolutionunit": 3}
    return about
