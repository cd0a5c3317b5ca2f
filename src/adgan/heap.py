"""Memory that is freed and asked for again, over and over: kept meanwhile, and kept whole."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 2**23
"""Pixels from which an array of float32 (32 MiB) comes fresh from the system each time."""
CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
KERNELS = 8
"""Convolutions that :func:`few_kernels` keeps."""
_TRIM, _MAP = -1, -3
"""``M_TRIM_THRESHOLD`` and ``M_MMAP_THRESHOLD`` of ``mallopt``."""
_ALL = 2**31 - 1
_USUAL = 2**25
"""What the second of them grows to by itself, at most; the first is twice that then."""


def few_kernels() -> None:
    """Have few convolutions stay prepared: for a process that only draws, before the first.

    oneDNN prepares each convolution for each shape and keeps a thousand of them. They lie amid
    what the images need, so that memory freed after one falls into pieces too small for the
    next: sixteen volumes of seven shapes held 1.4 to 1.8 GB rather than .8. Preparing them anew
    costs nothing to speak of here. A training, which uses hundreds over and over, would take
    half as long again.
    """
    os.environ.setdefault(CAPACITY, str(KERNELS))


@contextmanager
def kept(pixels: int) -> Iterator[None]:
    """Keep what is freed meanwhile for what is asked for next, rather than give it back.

    Every page that the system gives must be cleared by it and looked up anew, which took a
    fourth to a third of the time that large volumes took. This is for the C library of most
    Linux systems (glibc, ``man 3 mallopt``); elsewhere, and for small images, nothing changes.

    Parameters
    ----------
    pixels
        Of the image that is worked on.
    """
    if sys.platform != "linux" or pixels < LARGE:
        yield
        return
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        yield
        return
    libc.mallopt(_MAP, _ALL)
    libc.mallopt(_TRIM, _ALL)
    try:
        yield
    finally:
        libc.mallopt(_MAP, _USUAL)
        libc.mallopt(_TRIM, 2 * _USUAL)
        libc.malloc_trim(0)
