"""Axis order: the array of any file becomes ``(Z) Y X``.

Axis letters are those of tifffile: X Y Z, C (channel), S (colour sample), T (time); Q and I are
axes that the file does not name, such as the pages of a plain TIFF.
"""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.channels import one_channel
from adgan.io.raw import Outline, Raw
from adgan.io.spacing import possible

PAGES_AS_CHANNELS_MAX = 4
"""Up to this number, unnamed pages may be channels, and the user must say what they are.
More pages are a volume, even if a channel is chosen for other files."""


def settle(
    raw: Raw,
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    labels: bool = False,
    axes: str | None = None,
) -> tuple[list[np.ndarray], tuple[float, ...] | None]:
    """Convert a file's array to ``(Z) Y X``: one channel, one array per frame.

    Axes of length one are removed, except Y and X. Unnamed pages are frames if ``frames`` is
    set, channels if they are few and a channel is requested, and otherwise slices in Z.

    Parameters
    ----------
    raw
        The decoded file.
    path
        Its path, for messages.
    channel
        Channel to take, counted from 0; None if there is only one, or if a gray image was
        saved as RGB.
    frames
        If True, split a time series into separate images.
    labels
        If True, the file is a label map, which has no channels to choose from.
    axes
        One letter per axis of the array, instead of the axes that the file states.

    Returns
    -------
    list of numpy.ndarray
        One ``(Z) Y X`` array, or one per frame; contiguous, in native byte order.
    tuple of float or None
        Micrometres per axis; None unless the file gives them for all axes. The voxel size of a
        volume is not checked here, see :func:`adgan.io.folder.check_spacing_of`.

    Raises
    ------
    AdganError
        If there are no pixels, if the axes are ambiguous, if a channel must be chosen or is
        out of range, or if the file is a time series and ``frames`` is False.
    """
    array, letters = _arrange(raw, path, channel, frames, labels, axes)
    array = one_channel(array, letters, raw.alpha, path, channel, labels)
    parts = list(array) if "T" in letters else [array]
    native = raw.array.dtype.newbyteorder("=")
    spacing = _spacing_of(raw, letters.strip("TCS"), labels)
    return [np.ascontiguousarray(part, dtype=native) for part in parts], spacing


def outline(
    raw: Raw,
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    labels: bool = False,
    axes: str | None = None,
) -> Outline:
    """Predict what :func:`settle` would return, from the shape of the array alone.

    Parameters
    ----------
    raw, path, channel, frames, labels, axes
        As for :func:`settle`; pixel values are not used.

    Raises
    ------
    AdganError
        As :func:`settle`, except that gray saved as colour cannot be distinguished from colour.
    """
    array, letters = _arrange(raw, path, channel, frames, labels, axes)
    count = 1
    if "T" in letters:
        count, array = array.shape[0], array[0]
    kept = letters.strip("TCS")
    if channel is not None:
        one_channel(array, letters, raw.alpha, path, channel, labels)
    return Outline(
        array.shape[: len(kept)],
        raw.array.dtype.newbyteorder("="),
        _spacing_of(raw, kept, labels),
        count,
        array.shape[0] if "Z" in kept and _unnamed(raw) and axes is None else 0,
    )


def locate(
    raw: Raw, path: Path, channel: int | None, frames: bool, axes: str | None, frame: int
) -> tuple[str, list[int | None]] | None:
    """Locate the pixels of one image in a file's array, so that windows of it can be read.

    Parameters
    ----------
    raw
        The file; its pixels are not used.
    path, channel, frames, axes
        As for :func:`settle`.
    frame
        Number of the image in a time series.

    Returns
    -------
    letters : str
        One letter per axis of the array; ``_`` for an axis of length one.
    places : list of int or None
        The index along each axis; None along Z, Y and X, which are read completely.

    None if only pixel values can decide, because gray may have been saved as colour.
    """
    named = _axes_of(raw, axes, path)
    array, kept = _drop_single(raw.array, named)
    names = iter(_name_pages(array, kept, path, channel, frames, False))
    sides = list(raw.array.shape)
    alone = [n == 1 and a not in "YX" for a, n in zip(named, sides, strict=True)]
    letters = "".join("_" if one else next(names) for one in alone)
    held = {a: n for a, n in zip(letters, sides, strict=True) if a in "CS"}
    if held and channel is None:
        return None
    places = {"T": frame, "_": 0, "Z": None, "Y": None, "X": None}
    if held:  # channels are counted as :func:`settle` does: the samples of the first come first
        chosen = np.unravel_index(channel or 0, [held.get("C", 1), held.get("S", 1)])
        places |= {"C": int(chosen[0]), "S": int(chosen[1])}
    return letters, [places[letter] for letter in letters]


def _unnamed(raw: Raw) -> bool:
    """Return True if the file has several pages and does not say what they are."""
    sides = zip(raw.axes, raw.array.shape, strict=True)
    return any(letter in "QI" and side > 1 for letter, side in sides)


def _spacing_of(raw: Raw, letters: str, labels: bool) -> tuple[float, ...] | None:
    if not set(letters) <= set(raw.spacing):
        return None
    spacing = tuple(raw.spacing[letter] for letter in letters)
    if not possible(spacing) and (labels or "Z" not in letters):
        return None  # an impossible voxel size of a volume is an error, raised by the caller
    return spacing


def _arrange(
    raw: Raw, path: Path, channel: int | None, frames: bool, labels: bool, axes: str | None
) -> tuple[np.ndarray, str]:
    """Return a view of the array with its axes named, in the order T Z Y X C S."""
    if raw.array.size == 0:
        raise AdganError(f"{path} has no pixels (shape {raw.array.shape}): leave it out")
    array, letters = _drop_single(raw.array, _axes_of(raw, axes, path))
    letters = _name_pages(array, letters, path, channel, frames, labels)
    order = [letters.index(letter) for letter in "TZYXCS" if letter in letters]
    array = array.transpose(order)
    letters = "".join(letters[i] for i in order)
    if "T" in letters and not frames:
        remedy = (
            "split it into one file per frame"
            if labels
            else "read each frame as an image with `frames=True`"
        )
        raise AdganError(f"{path} is a time series of {array.shape[0]} frames: {remedy}")
    return array, letters


def _axes_of(raw: Raw, axes: str | None, path: Path) -> str:
    """Return the axis letters that the user gives, or otherwise those of the file."""
    if axes is None:
        return raw.axes
    axes = axes.upper()
    if len(set(axes)) < len(axes) or not set("YX") <= set(axes) <= set("TZCYXS"):
        raise AdganError(
            f"`axes={axes}` is invalid: give Y and X once, and T, Z, C and S at most once"
        )
    if len(axes) == raw.array.ndim:
        return axes
    sides = zip(raw.axes, raw.array.shape, strict=True)
    single = [n == 1 and a not in "YX" for a, n in sides]  # the user may leave these out
    if len(axes) == single.count(False):
        names = iter(axes)
        return "".join(
            a if alone else next(names) for a, alone in zip(raw.axes, single, strict=True)
        )
    raise AdganError(
        f"{path} has {raw.array.ndim} axes (shape {raw.array.shape}) and `axes={axes}` names "
        f"{len(axes)}: give one letter of T, Z, C, Y, X for each"
    )


def _drop_single(array: np.ndarray, axes: str) -> tuple[np.ndarray, str]:
    """Remove axes of length one other than Y and X."""
    single = tuple(i for i, a in enumerate(axes) if array.shape[i] == 1 and a not in "YX")
    kept = "".join(a for i, a in enumerate(axes) if i not in single)
    return array.squeeze(single), kept


def _name_pages(
    array: np.ndarray, axes: str, path: Path, channel: int | None, frames: bool, labels: bool
) -> str:
    """Give the one unnamed axis, if any, its letter."""
    unnamed = [a for a in axes if a in "QI"]
    clear = len(set(axes)) == len(axes) and {"Y", "X"} <= set(axes) <= set("TZCSYXQI")
    if not clear or len(unnamed) > 1 or (unnamed and "Z" in axes):
        raise AdganError(
            f"{path} has ambiguous axes ({axes}, shape {array.shape}): "
            "name them, for example with `axes=TZCYX`, or save it as OME-TIFF or from ImageJ"
        )
    if not unnamed:
        return axes
    pages = array.shape[axes.index(unnamed[0])]
    if frames and "T" not in axes:
        letter = "T"
    elif pages <= PAGES_AS_CHANNELS_MAX and channel is not None and not set(axes) & {"C", "S"}:
        letter = "C"
    elif pages <= PAGES_AS_CHANNELS_MAX and not labels:
        raise AdganError(
            f"{path} has {pages} pages and does not say what they are: choose one with "
            "`channel=N`, read each as an image with `frames=True`, or save them as a Z stack from "
            "ImageJ"
        )
    else:
        letter = "Z"
    return axes.replace(unnamed[0], letter)
