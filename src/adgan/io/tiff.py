"""Decode TIFF: plain, OME and ImageJ. A damaged file is refused, never read in part."""

import logging
import math
import re
import struct
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import tifffile

from adgan.errors import AdganError
from adgan.io.codecs import check_tiff
from adgan.io.raw import Raw, unread
from adgan.io.scenes import index_of
from adgan.io.spacing import from_imagej, from_lsm, from_ome, from_tags
from adgan.system.peak import ask

T = TypeVar("T")

MEMORY_MAP_BYTES_MIN = 2**27
"""Size in bytes above which pixels are mapped to memory, from the image's file or a temporary one,
so that the operating system can release pages that are not in use."""
WITHOUT_MICROMANAGER: dict[str, Any] = {"is_mmstack": False, "is_ndtiff": False}
"""Micro-Manager's own index refers to neighbouring files and fills missing planes with zeros. Its
files also have OME or ImageJ metadata, which are used instead."""
DAMAGE = re.compile(r"invalid (page|value) offset|invalid offset to|corrupted|failed to reshape")


def read_tiff(path: Path, scene: int | None = None, header: bool = False) -> Raw:
    """Decode one image, volume or series of a TIFF.

    Parameters
    ----------
    path
        A file with the first bytes of a TIFF.
    scene
        Index of the image to take from a file with several, counted from 0.
    header
        If True, read only shape and type: the array is then all zeros and uses no memory.

    Returns
    -------
    Raw
        Pixels with axis letters and the pixel size that the file states.

    Raises
    ------
    AdganError
        If the file is truncated or damaged, or contains several images of which none is chosen.
    """
    return _opened(path, lambda tif, xml: _series(tif, xml, path, scene, header))


def count_scenes(path: Path) -> int:
    """Return the number of separate images in a TIFF, such as stage positions."""
    return _opened(path, lambda tif, xml: len(_full(tif)))


def open_series(path: Path, scene: int | None = None) -> Any:
    """Open one image of a TIFF, whose windows are read on access.

    Parameters
    ----------
    path, scene
        As for :func:`read_tiff`, which reports what is wrong with a file.

    Returns
    -------
    Any
        Has ``shape`` and ``chunks``, and is indexed by slices; its axes are those that
        :func:`read_tiff` returns. The file stays open as long as it exists.

    Raises
    ------
    ImportError
        If zarr is not installed.
    """
    tif = tifffile.TiffFile(path, **WITHOUT_MICROMANAGER)
    if _describes_others(tif.ome_metadata or ""):
        tif.close()
        tif = tifffile.TiffFile(path, is_ome=False, **WITHOUT_MICROMANAGER)
    try:
        series = _full(tif)[scene or 0]
        if series.dataoffset is not None:
            stored = np.dtype(tif.byteorder + series.dtype.char)
            plain = _Plain(path, series.dataoffset, series.shape, stored)
            tif.close()
            return plain
        array = import_module("zarr").open_array(series.aszarr(level=0), mode="r")
    except BaseException:
        tif.close()
        raise
    weakref.finalize(array, tif.close)
    return array


@dataclass(frozen=True)
class _Plain:
    """Uncompressed pixels in one contiguous piece of a file.

    The file is mapped again for each window, so that no part of it stays in memory.
    """

    path: Path
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def chunks(self) -> tuple[int, ...]:
        """Shape of the smallest piece that can be read."""
        return (1,) * len(self.shape)

    def __getitem__(self, index: Any) -> np.ndarray:
        held = np.memmap(self.path, self.dtype, "r", self.offset, self.shape)
        return np.array(held[index])


def _opened(path: Path, take: Callable[[tifffile.TiffFile, str], T]) -> T:
    """Return what `take` reads from a file, or raise an error that says that it is damaged."""
    # There is no common error: those of codecs derive from RuntimeError, those of the parser from
    # ValueError, and a truncated tag list can raise any of the others.
    damage = (
        RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError,
        struct.error, ArithmeticError, AssertionError,
    )  # fmt: skip
    try:
        with _complaints() as complaints:
            taken = _take(path, take)
    except AdganError:
        raise
    except MemoryError as error:
        raise AdganError(f"{path} does not fit in memory ({error}): cut it into parts") from error
    except damage as error:
        raise _damaged(path) from error
    if complaints:
        raise _damaged(path)
    return taken


def _take(path: Path, take: Callable[[tifffile.TiffFile, str], T]) -> T:
    with tifffile.TiffFile(path, **WITHOUT_MICROMANAGER) as tif:
        _check_pages(tif, path)
        xml = tif.ome_metadata or ""
        if not _describes_others(xml):
            return take(tif, xml)
    with tifffile.TiffFile(path, is_ome=False, **WITHOUT_MICROMANAGER) as tif:
        return take(tif, xml)


def _check_pages(tif: tifffile.TiffFile, path: Path) -> None:
    """Refuse a list of pages that leads back to an earlier page: tifffile would never finish it."""
    layout, file = tif.tiff, tif.filehandle
    file.seek(4 if layout.offsetsize == 4 else 8)
    (offset,) = struct.unpack(layout.offsetformat, file.read(layout.offsetsize))
    seen: set[int] = set()
    while 0 < offset < file.size:
        if offset in seen:
            raise _damaged(path, "its list of pages runs in a circle")
        seen.add(offset)
        file.seek(offset)
        (tags,) = struct.unpack(layout.tagnoformat, file.read(layout.tagnosize))
        file.seek(offset + layout.tagnosize + tags * layout.tagsize)
        (offset,) = struct.unpack(layout.offsetformat, file.read(layout.offsetsize))


def _full(tif: tifffile.TiffFile) -> list[tifffile.TiffPageSeries]:
    """Return the images of a file without their lower-resolution copies."""
    return [s for s in tif.series if not s.keyframe.is_reduced]


def _describes_others(xml: str) -> bool:
    """Return True if OME-XML spans several files, so that each is read by its own pages."""
    return "<BinaryOnly" in xml or len(set(re.findall(r'FileName="([^"]*)"', xml))) > 1


def _series(tif: tifffile.TiffFile, xml: str, path: Path, scene: int | None, header: bool) -> Raw:
    full = _full(tif)
    if not full:
        raise _damaged(path, "it has no image")
    number = index_of(scene, [s.shape for s in full], path)
    series, page = full[number], tif.pages.first
    if any(plane is None for plane in series):
        raise _damaged(path, "planes listed in its metadata are missing")
    check_tiff(path, series.keyframe.compression)
    if len(series.keyframe.dataoffsets) < math.prod(series.keyframe.chunked):
        raise _damaged(path, "it has fewer tiles or strips than its size needs")
    if header:
        _check_length(tif, series, path)
        array = unread(series.shape, series.dtype)
    else:
        ask(series.nbytes, str(path), "cut it into parts")
        array = np.asarray(
            series.asarray(out="memmap" if series.nbytes > MEMORY_MAP_BYTES_MIN else None)
        )
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype.kind not in "uif":
        raise AdganError(
            f"{path} has {array.dtype} pixels: save it as integers or floating-point numbers"
        )
    if xml:
        spacing = from_ome(xml, number)
    elif tif.imagej_metadata:
        spacing = from_imagej(tif.imagej_metadata, page)
    elif tif.lsm_metadata:
        spacing = from_lsm(tif.lsm_metadata)
    else:
        spacing = from_tags(page)
    # 1 and 2 are opacity; 0 is a sample without a stated meaning, such as a fourth channel.
    alpha = any(int(sample) in (1, 2) for sample in page.extrasamples)
    return Raw(array, series.axes, spacing, alpha)


def _check_length(tif: tifffile.TiffFile, series: tifffile.TiffPageSeries, path: Path) -> None:
    """Refuse a file that ends before its pixels do; this finds damage without decoding."""
    ends = [0]
    if series.dataoffset is not None:
        ends.append(series.dataoffset + series.nbytes)
    else:
        for page in (series[0], series[-1]):
            assert page, "missing planes have been refused before"
            ends += [a + n for a, n in zip(page.dataoffsets, page.databytecounts, strict=True)]
    if max(ends) > tif.filehandle.size:
        raise _damaged(path, f"{max(ends) - tif.filehandle.size:,} bytes are missing at its end")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what tifffile logs on this thread about damage, which it repairs by guessing."""
    found: list[str] = []
    thread = threading.get_ident()

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            if record.thread == thread and DAMAGE.search(text):
                found.append(text)

    logger, handler = logging.getLogger("tifffile"), Collect()
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


def _damaged(path: Path, detail: str = "") -> AdganError:
    why = f" ({detail})" if detail else ""
    return AdganError(f"{path} is truncated or damaged{why}: copy or save it again")
