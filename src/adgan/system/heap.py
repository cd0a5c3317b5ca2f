"""Keep freed memory for reuse while large images are processed, and avoid its fragmentation."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

KEPT_PIXELS_MIN = 2**23
"""Image size in pixels (32 MiB of float32) from which arrays are new memory from the system."""
CACHE_CAPACITY_VARIABLE = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
PREPARED_CONVOLUTIONS = 8
"""Number of prepared convolutions that oneDNN keeps after :func:`few_kernels`."""
_TRIM, _MAP = -1, -3
"""``M_TRIM_THRESHOLD`` and ``M_MMAP_THRESHOLD`` of ``mallopt``."""
_ALL = 2**31 - 1
_USUAL = 2**25
"""Largest value to which glibc raises the second one itself; the first is then twice as large."""


def few_kernels() -> None:
    """Limit the prepared convolutions of a process that only predicts; call before the first one.

    oneDNN prepares each convolution for each shape and keeps a thousand of them. They are spread
    over the memory that images need, so that memory freed after one image is too fragmented for
    the next: sixteen volumes of seven shapes took 1.4 to 1.8 GB instead of 0.8. Preparing them
    again takes hardly any time here. A training, which reuses hundreds, would take 1.5 times as
    long.
    """
    os.environ.setdefault(CACHE_CAPACITY_VARIABLE, str(PREPARED_CONVOLUTIONS))


@contextmanager
def kept(pixels: int) -> Iterator[None]:
    """Keep freed memory for reuse within a ``with`` statement instead of returning it.

    The system must clear and map every page that it provides, which took a quarter to a third of
    the time of large volumes. This works with the C library of most Linux systems (glibc,
    ``man 3 mallopt``); elsewhere, and for small images, nothing changes.

    Parameters
    ----------
    pixels
        Number of pixels of the current image.
    """
    libc = _glibc() if pixels >= KEPT_PIXELS_MIN else None
    if libc is None:
        yield
        return
    libc.mallopt(_MAP, _ALL)
    libc.mallopt(_TRIM, _ALL)
    try:
        yield
    finally:
        release_late()
        libc.malloc_trim(0)


def release_late() -> None:
    """Return freed memory as late as glibc does by default, whatever the environment says.

    Dask starts its workers with ``MALLOC_TRIM_THRESHOLD_``. With it glibc maps almost every array
    anew, which took a quarter of the time of a worker.
    """
    if libc := _glibc():
        libc.mallopt(_MAP, _USUAL)
        libc.mallopt(_TRIM, 2 * _USUAL)


def _glibc() -> ctypes.CDLL | None:
    """Return the C library if it is glibc."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None
