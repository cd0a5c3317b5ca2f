"""Axis letters are settled here, once: whatever a file holds becomes ``(Z) Y X``.

Letters are those of tifffile: X Y Z, C (channel), S (colour sample), T (time); Q and I are
axes that the file does not name (pages of a plain TIFF).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.spacing import possible

FEW_PAGES = 4
"""Unnamed pages up to this number may as well be channels: the user must say which.
More are a volume, also beside files for which a channel was chosen."""


@dataclass(frozen=True)
class Raw:
    """A decoded file before its axes are settled.

    Attributes
    ----------
    array
        The pixels, with one letter of ``axes`` for each dimension.
    axes
        Axis letters, as tifffile names them.
    spacing
        Micrometres by axis letter, as far as the file says.
    alpha
        Whether the last sample along S is opacity and not light.
    """

    array: np.ndarray
    axes: str
    spacing: dict[str, float] = field(default_factory=dict)
    alpha: bool = False


@dataclass(frozen=True)
class Outline:
    """What is known of an image before its pixels are.

    Attributes
    ----------
    shape
        ``(Z) Y X``, of each frame.
    dtype
        Of the pixels, in native byte order.
    spacing
        Micrometres per axis; None when the file does not say.
    frames
        Images in the file.
    guessed
        Unnamed pages that are taken for slices; 0 where the file names them, or somebody did.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: tuple[float, ...] | None
    frames: int = 1
    guessed: int = 0


def settle(
    raw: Raw,
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    labels: bool = False,
    axes: str | None = None,
) -> tuple[list[np.ndarray], tuple[float, ...] | None]:
    """Bring a file's array to ``(Z) Y X``, one channel, one array a frame.

    Axes of length one vanish (but Y and X). Unnamed pages are frames if ``frames`` is
    set, channels if they are few and a channel is asked for, otherwise slices in Z.

    Parameters
    ----------
    raw
        The decoded file.
    path
        Its path, for messages.
    channel
        The channel to take, counted from 0; None where there is but one, or where a
        gray image was saved as RGB.
    frames
        Whether a time series is cut into separate images.
    labels
        Whether the file is a label map, for which there is no channel to choose.
    axes
        A letter for each axis of the array, in place of what the file says.

    Returns
    -------
    list of numpy.ndarray
        One ``(Z) Y X`` array, or one a frame; contiguous, native byte order.
    tuple of float or None
        Micrometres per axis, None unless the file gives them for all axes. Those of a volume
        may be no good, see :func:`adgan.io.folder.check_voxels`.

    Raises
    ------
    AdganError
        If there are no pixels, if the axes cannot be told apart, a channel must be chosen
        or is out of range, or a time series was not asked for.
    """
    array, letters = _arrange(raw, path, channel, frames, labels, axes)
    array = _one_channel(array, letters, raw.alpha, path, channel, labels)
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
    """Say what :func:`settle` would give, from the shape of the array alone.

    Parameters
    ----------
    raw, path, channel, frames, labels, axes
        As for :func:`settle`; values of the pixels are not looked at.

    Raises
    ------
    AdganError
        As :func:`settle`, but where gray saved as colour must be told from colour.
    """
    array, letters = _arrange(raw, path, channel, frames, labels, axes)
    count = 1
    if "T" in letters:
        count, array = array.shape[0], array[0]
    kept = letters.strip("TCS")
    if channel is not None:
        _one_channel(array, letters, raw.alpha, path, channel, labels)
    return Outline(
        array.shape[: len(kept)],
        raw.array.dtype.newbyteorder("="),
        _spacing_of(raw, kept, labels),
        count,
        array.shape[0] if "Z" in kept and _unnamed(raw) and axes is None else 0,
    )


def locate(
    raw: Raw,
    path: Path,
    channel: int | None = None,
    frames: bool = False,
    axes: str | None = None,
    frame: int = 0,
) -> tuple[str, list[int | None]] | None:
    """Say where in a file's array the pixels of one image lie, so that windows of it can be read.

    Parameters
    ----------
    raw
        The file, its pixels not needed.
    path, channel, frames, axes
        As for :func:`settle`.
    frame
        Number of the image in a time series.

    Returns
    -------
    letters : str
        Of the axes of length one and of the axes that stay, as the array has them.
    places : list of int or None
        The index along each axis; None along Z, Y and X, of which all is wanted.

    None where values of pixels must tell: gray that may have been saved as colour.
    """
    told = _told(raw, axes, path)
    array, kept = _drop_single(raw.array, told)
    names = iter(_name_pages(array, kept, path, channel, frames, False))
    sides = list(raw.array.shape)
    alone = [n == 1 and a not in "YX" for a, n in zip(told, sides, strict=True)]
    letters = "".join("_" if one else next(names) for one in alone)
    held = {a: n for a, n in zip(letters, sides, strict=True) if a in "CS"}
    if held and channel is None:
        return None
    places = {"T": frame, "_": 0, "Z": None, "Y": None, "X": None}
    if held:  # samples lie within channels, as :func:`settle` counts them
        chosen = np.unravel_index(channel or 0, [held.get("C", 1), held.get("S", 1)])
        places |= {"C": int(chosen[0]), "S": int(chosen[1])}
    return letters, [places[letter] for letter in letters]


def _unnamed(raw: Raw) -> bool:
    """Whether the file has several pages and does not say what they are."""
    sides = zip(raw.axes, raw.array.shape, strict=True)
    return any(letter in "QI" and side > 1 for letter, side in sides)


def _spacing_of(raw: Raw, letters: str, labels: bool) -> tuple[float, ...] | None:
    if not set(letters) <= set(raw.spacing):
        return None
    spacing = tuple(raw.spacing[letter] for letter in letters)
    if not possible(spacing) and (labels or "Z" not in letters):
        return None  # of volumes it is refused, as sizes depend on it
    return spacing


def _arrange(
    raw: Raw, path: Path, channel: int | None, frames: bool, labels: bool, axes: str | None
) -> tuple[np.ndarray, str]:
    """Return a view of the array with its axes named, in the order T Z Y X C S."""
    if raw.array.size == 0:
        raise AdganError(f"{path} has no pixels (shape {raw.array.shape}): leave it out")
    array, letters = _drop_single(raw.array, _told(raw, axes, path))
    letters = _name_pages(array, letters, path, channel, frames, labels)
    order = [letters.index(letter) for letter in "TZYXCS" if letter in letters]
    array = array.transpose(order)
    letters = "".join(letters[i] for i in order)
    if "T" in letters and not frames:
        mend = "split it into one file a frame" if labels else "use `frames=True` for each frame"
        raise AdganError(f"{path} is a time series of {array.shape[0]} frames: {mend}")
    return array, letters


def _told(raw: Raw, axes: str | None, path: Path) -> str:
    """Return the axes of an array as somebody named them, else as the file does."""
    if axes is None:
        return raw.axes
    axes = axes.upper()
    if len(set(axes)) < len(axes) or not set("YX") <= set(axes) <= set("TZCYXS"):
        raise AdganError(f"`axes={axes}`: give each of Y, X and of T, Z, C, S at most once")
    if len(axes) == raw.array.ndim:
        return axes
    sides = zip(raw.axes, raw.array.shape, strict=True)
    single = [n == 1 and a not in "YX" for a, n in sides]  # such as a file need not speak of
    if len(axes) == single.count(False):
        names = iter(axes)
        return "".join(
            a if alone else next(names) for a, alone in zip(raw.axes, single, strict=True)
        )
    raise AdganError(
        f"{path} has {raw.array.ndim} axes (shape {raw.array.shape}) and `axes={axes}` names "
        f"{len(axes)}: give a letter of T, Z, C, Y, X for each"
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
            f"{path} has axes that cannot be told apart ({axes}, shape {array.shape}): "
            "name them, such as with `axes=TZCYX`, or save it as OME-TIFF or from ImageJ"
        )
    if not unnamed:
        return axes
    pages = array.shape[axes.index(unnamed[0])]
    if frames and "T" not in axes:
        letter = "T"
    elif pages <= FEW_PAGES and channel is not None and not set(axes) & {"C", "S"}:
        letter = "C"
    elif pages <= FEW_PAGES and not labels:
        raise AdganError(
            f"{path} has {pages} pages and does not say what they are: choose one with "
            "`channel=N`, take them apart with `frames=True`, or save them as a Z stack from ImageJ"
        )
    else:
        letter = "Z"
    return axes.replace(unnamed[0], letter)


def _one_channel(
    array: np.ndarray, axes: str, alpha: bool, path: Path, channel: int | None, labels: bool
) -> np.ndarray:
    """Take one channel of an array whose channel axes come last."""
    if alpha and "S" in axes:
        array = array[..., :-1]
    held = sum(axes.count(letter) for letter in "CS")
    array = array.reshape(*array.shape[: array.ndim - held], -1)
    count = array.shape[-1]
    if channel is not None:
        if not 0 <= channel < count:
            has = "one channel: use 0" if count == 1 else f"channels 0 to {count - 1}"
            raise AdganError(f"{path}: there is no channel {channel}, the file has {has}")
        return array[..., channel]
    gray = "C" not in axes and all(
        np.array_equal(array[..., 0], array[..., i]) for i in range(1, count)
    )
    if count == 1 or gray:
        return array[..., 0]
    if labels:
        raise AdganError(
            f"{path} has {count} channels and is no label map: save one number a nucleus, gray"
        )
    kind = "an RGB image" if "C" not in axes and count == 3 else f"an image of {count} channels"
    raise AdganError(
        f"{path} is {kind}: choose the one that shows nuclei with `channel=N` (0 to {count - 1}); "
        "`adgan inspect IMAGES -o LOOK` shows a picture of each"
    )
