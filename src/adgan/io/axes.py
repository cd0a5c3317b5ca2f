"""Axis letters are settled here, once: whatever a file holds becomes ``(Z) Y X``.

Letters are those of tifffile: X Y Z, C (channel), S (colour sample), T (time); Q and I are
axes that the file does not name (pages of a plain TIFF).
"""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.letters import drop_single, name_pages, told
from adgan.io.one_channel import one_channel
from adgan.io.raw import Outline, Raw
from adgan.io.spacing import possible


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
    named = told(raw, axes, path)
    array, kept = drop_single(raw.array, named)
    names = iter(name_pages(array, kept, path, channel, frames, False))
    sides = list(raw.array.shape)
    alone = [n == 1 and a not in "YX" for a, n in zip(named, sides, strict=True)]
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
    array, letters = drop_single(raw.array, told(raw, axes, path))
    letters = name_pages(array, letters, path, channel, frames, labels)
    order = [letters.index(letter) for letter in "TZYXCS" if letter in letters]
    array = array.transpose(order)
    letters = "".join(letters[i] for i in order)
    if "T" in letters and not frames:
        mend = "split it into one file a frame" if labels else "use `frames=True` for each frame"
        raise AdganError(f"{path} is a time series of {array.shape[0]} frames: {mend}")
    return array, letters
