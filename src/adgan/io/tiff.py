"""Decode TIFF: plain, OME, ImageJ; a damaged file is refused, never read in part."""

import logging
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tifffile

from adgan.errors import AdganError
from adgan.io.axes import Raw
from adgan.io.spacing import from_imagej, from_ome, from_tags
from adgan.peak import ask

MAPPED = 2**27
"""Bytes beyond which pixels lie in a file that is mapped to memory, the image's own or a temporary
one, so that the system may drop what is not in use."""
DAMAGE = re.compile(r"invalid (page|value) offset|invalid offset to|corrupted|failed to reshape")


def read_tiff(path: Path) -> Raw:
    """Decode the one image, volume or series of a TIFF.

    Parameters
    ----------
    path
        A file that starts as a TIFF does.

    Returns
    -------
    Raw
        Pixels with axis letters and what the file says of its pixel size.

    Raises
    ------
    AdganError
        If the file is truncated or damaged, or holds images of different shapes.
    """
    # The codecs have no common error: theirs derive from RuntimeError, the parser's from
    # ValueError, and a cut tag list shows as any of the others.
    damage = (
        RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError,
        struct.error, ArithmeticError, AssertionError,
    )  # fmt: skip
    try:
        with _complaints() as complaints:
            raw = _decode(path)
    except AdganError:
        raise
    except MemoryError as error:
        raise AdganError(f"{path} does not fit in memory ({error}): cut it into parts") from error
    except damage as error:
        raise _damaged(path) from error
    if complaints:
        raise _damaged(path)
    return raw


def _decode(path: Path) -> Raw:
    # Micro-Manager's own index reaches into neighbouring files and fills what is missing
    # with zeros; its files carry OME or ImageJ metadata as well, which serve here.
    with tifffile.TiffFile(path, is_mmstack=False, is_ndtiff=False) as tif:
        xml = tif.ome_metadata or ""
        if not _describes_others(xml):
            return _series(tif, xml, path)
    with tifffile.TiffFile(path, is_ome=False, is_mmstack=False, is_ndtiff=False) as tif:
        return _series(tif, xml, path)


def _describes_others(xml: str) -> bool:
    """Whether OME-XML spans several files: each is then read for its own pages."""
    return "<BinaryOnly" in xml or len(set(re.findall(r'FileName="([^"]*)"', xml))) > 1


def _series(tif: tifffile.TiffFile, xml: str, path: Path) -> Raw:
    full = [s for s in tif.series if not s.keyframe.is_reduced]
    if not full:
        raise _damaged(path, "it has no image")
    if len(full) > 1:
        shapes = ", ".join(str(s.shape) for s in full[:4])
        raise AdganError(
            f"{path} holds {len(full)} images of their own ({shapes}): save each as its own file"
        )
    series, page = full[0], tif.pages.first
    if any(plane is None for plane in series):
        raise _damaged(path, "planes that its metadata names are not in it")
    ask(series.nbytes, str(path), "cut it into parts")
    array = np.asarray(series.asarray(out="memmap" if series.nbytes > MAPPED else None))
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype.kind not in "uif":
        raise AdganError(f"{path} has {array.dtype} pixels: save it as whole or real numbers")
    if xml:
        spacing = from_ome(xml)
    elif tif.imagej_metadata:
        spacing = from_imagej(tif.imagej_metadata, page)
    else:
        spacing = from_tags(page)
    # 1 and 2 are opacity; 0 is a sample of no stated meaning, such as a fourth channel.
    alpha = any(int(sample) in (1, 2) for sample in page.extrasamples)
    return Raw(array, series.axes, spacing, alpha)


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what tifffile logs of damage, which it repairs by guessing, on this thread."""
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
