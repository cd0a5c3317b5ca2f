"""All channels of a file, so that users can choose one."""

from pathlib import Path

import numpy as np

from adgan.io.decode import decode
from adgan.io.raw import Raw


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
