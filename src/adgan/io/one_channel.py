"""One channel of an array: the chosen one, or the only one."""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError


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
        "`adgan inspect IMAGES -o LOOK` shows a picture of each"
    )
