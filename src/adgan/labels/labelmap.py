"""Label maps: a check for all functions that use one, and its pixels sorted by nucleus."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adgan.errors import AdganError

Number = TypeVar("Number", bound=np.generic)


def check_labels(labels: ArrayLike) -> NDArray[np.integer]:
    """Return `labels` as an integer array, or raise an error if it is not a label map.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background, every other value one nucleus.

    Raises
    ------
    AdganError
        If the values are not whole numbers or negative, or if the map has no pixels or other axes.
    """
    array = np.asarray(labels)
    if array.ndim not in (2, 3):
        raise AdganError(
            f"a label map has the axes Y X or Z Y X, but this one has the shape {array.shape}: "
            "pass a single map."
        )
    if not np.issubdtype(array.dtype, np.integer):
        raise AdganError(
            f"a label map contains whole numbers, not {array.dtype}: label the nuclei 1, 2, 3, ... "
            "and store them as integers."
        )
    if array.size == 0:
        raise AdganError(f"the label map has no pixels (shape {array.shape}).")
    if (lowest := int(array.min())) < 0:
        raise AdganError(
            f"a label map has no negative values, but this one has {lowest}: use 0 for background."
        )
    return array


def ball(radius: NDArray[Any] | float, ndim: int) -> Any:
    """Return the area of a disc or the volume of a ball."""
    return np.pi * radius**2 if ndim == 2 else 4 / 3 * np.pi * radius**3


def radius_of(size: NDArray[Any] | float, ndim: int) -> Any:
    """Return the radius of the disc or ball with a given area or volume."""
    return (size / ball(1.0, ndim)) ** (1 / ndim)


def cut_by_frame(labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return True for labels at the image border, ``(N + 1,)``, by label, with the background."""
    cut = np.zeros(int(labels.max(initial=0)) + 1, bool)
    for axis, end in itertools.product(range(labels.ndim), (0, -1)):
        cut[np.take(labels, end, axis)] = True
    return cut


def means(
    values: NDArray[Any], labels: NDArray[np.integer], number: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the mean of values over each label, 0 for missing labels, and the pixel counts.

    Parameters
    ----------
    values, labels
        Of the same shape; any pixels of an image.
    number
        Number of labels, including 0 and missing ones.

    Returns
    -------
    mean, pixels
        ``(number,)``, by label.
    """
    flat = labels.ravel()
    pixels = np.bincount(flat, minlength=number)
    return np.bincount(flat, values.ravel(), number) / np.maximum(pixels, 1), pixels


@dataclass(frozen=True)
class Regions:
    """The pixels of a label map, sorted by nucleus.

    Attributes
    ----------
    shape : tuple of int
        Shape of the label map.
    labels : int64, (N,)
        The labels that occur, ascending, without the background.
    starts : int64, (N,)
        Start of each nucleus in `pixels`, as indices for `ufunc.reduceat`.
    sizes : int64, (N,)
        Number of pixels of each nucleus, never 0.
    pixels : int64, (P,)
        Flat indices into the map, by nucleus, then in raster order.
    """

    shape: tuple[int, ...]
    labels: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    pixels: NDArray[np.int64]

    def per_pixel(self, values: NDArray[Number]) -> NDArray[Number]:
        """Repeat one value per nucleus, (N, ...), for each of its pixels, (P, ...)."""
        return np.repeat(values, self.sizes, axis=0)

    def parts(self, pixels: int) -> list[Regions]:
        """Return the nuclei in groups of about `pixels` pixels, at least one group."""
        group = (self.starts + self.sizes) // pixels
        cuts = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), self.labels.size]
        ends = [*self.starts.tolist(), self.pixels.size]
        return [
            Regions(
                shape=self.shape,
                labels=self.labels[a:b],
                starts=self.starts[a:b] - ends[a],
                sizes=self.sizes[a:b],
                pixels=self.pixels[ends[a] : ends[b]],
            )
            for a, b in itertools.pairwise(cuts)
        ]


def regions(labels: ArrayLike) -> Regions:
    """Sort the pixels of a label map by nucleus.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background. Labels may have gaps and be as large as their type allows.

    Raises
    ------
    AdganError
        See `check_labels`.
    """
    array = check_labels(labels)
    flat = array.ravel()
    pixels = np.flatnonzero(flat)
    values = flat[pixels]
    if values.size and values.max() < 2**16:
        values = values.astype(np.uint16)  # numpy's radix sort of 16 bits is several times faster
    order = np.argsort(values, kind="stable")
    values = values[order]
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]][: values.size])
    return Regions(
        shape=array.shape,
        labels=values[starts].astype(np.int64),
        starts=starts,
        sizes=np.diff(np.r_[starts, values.size]),
        pixels=pixels[order],
    )
