"""One letter per axis of an array: from the file, from the user, or from rules for pages."""

from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io.raw import Raw

PAGES_AS_CHANNELS_MAX = 4
"""Up to this number, unnamed pages may be channels, and the user must say what they are.
More pages are a volume, even if a channel is chosen for other files."""


def axes_of(raw: Raw, axes: str | None, path: Path) -> str:
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


def drop_single(array: np.ndarray, axes: str) -> tuple[np.ndarray, str]:
    """Remove axes of length one other than Y and X."""
    single = tuple(i for i, a in enumerate(axes) if array.shape[i] == 1 and a not in "YX")
    kept = "".join(a for i, a in enumerate(axes) if i not in single)
    return array.squeeze(single), kept


def name_pages(
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
