"""The channels of a file: the chosen one, or all of them, so that users can choose one."""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.decode import decode
from adgan.io.raw import Raw


def one_channel(
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
            raise AdganError(f"{path} has no channel {channel}: it has {has}")
        return array[..., channel]
    gray = "C" not in axes and all(
        np.array_equal(array[..., 0], array[..., i]) for i in range(1, count)
    )
    if count == 1 or gray:
        return array[..., 0]
    if labels:
        raise AdganError(
            f"{path} has {count} channels, but a label map has one: save it as gray values, with "
            "one number per nucleus"
        )
    kind = "an RGB image" if "C" not in axes and count == 3 else f"an image of {count} channels"
    raise AdganError(
        f"{path} is {kind}: choose the one that shows nuclei with `channel=N` (0 to {count - 1}); "
        "`adgan inspect IMAGES -o REPORT` shows a picture of each"
    )


def channels_of(path: Path, colours: bool = False) -> np.ndarray | None:
    """Read the channels of a file, projected along Z and time if there are planes or frames.

    Parameters
    ----------
    path
        An image file.
    colours
        If True, only red, green and blue of one picture count as channels.

    Returns
    -------
    numpy.ndarray or None
        ``C Y X``, native dtype; None if there is nothing to choose, for one channel or for gray
        saved as colour.

    Raises
    ------
    AdganError
        If the file cannot be read, or contains several images.
    """
    place = _place(decode(path, header=True), colours)
    if place is None:
        return None
    raw = decode(path)
    array = np.moveaxis(raw.array, place, 0)
    axes = raw.axes.replace(raw.axes[place], "")
    if raw.alpha and raw.axes[place] == "S":
        array = array[:-1]
    flat = tuple(1 + i for i, letter in enumerate(axes) if letter not in "YX")
    array = array.max(axis=flat) if flat else array
    same = all(np.array_equal(array[0], other) for other in array[1:])
    return None if same else array


def _place(raw: Raw, colours: bool) -> int | None:
    """Return the index of the channel axis."""
    if not set("YX") <= set(raw.axes) or len(set(raw.axes)) < len(raw.axes):
        return None
    for letter in "S" if colours else "CS":
        place = raw.axes.find(letter)
        if place >= 0 and raw.array.shape[place] - (raw.alpha and letter == "S") > 1:
            return place
    return None
