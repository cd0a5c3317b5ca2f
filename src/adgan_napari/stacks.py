"""Convert image layers with any order of axes to frames ``(Z) Y X``, and label maps back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from adgan.errors import AdganError
from adgan.io.read import part_names
from adgan.system.text import component

ORDER = "TZYX"
"""Order of the axes of a stack; it has those that the layer has."""
AXIS_ALIASES = {"TIME": "T", "FRAME": "T", "PLANE": "Z", "DEPTH": "Z"}
"""Other names of axes in files."""
UNIT_MICROMETRES = {
    "micrometer": 1.0,
    "micron": 1.0,
    "nanometer": 1e-3,
    "millimeter": 1e3,
    "meter": 1e6,
}
"""Length of the units that napari's readers use, in micrometres."""


class Layer(Protocol):
    """The attributes of a napari layer that are used here."""

    name: str
    data: Any
    scale: Any
    units: Any
    axis_labels: Any


@dataclass(frozen=True)
class Stack:
    """A single image or volume, or the frames of a time series.

    Attributes
    ----------
    name
        Name of the layer, made suitable for file names.
    array
        Array-like, ``(T) (Z) Y X``.
    axes
        The letters T, Z, Y, X in the order of the layer's axes.
    spacing
        Pixel size along ``(Z) Y X`` in micrometres; None if unknown.
    """

    name: str
    array: Any
    axes: str
    spacing: tuple[float, ...] | None = None

    @property
    def ndim(self) -> int:
        """Number of axes of a single frame, 2 or 3."""
        return 3 if "Z" in self.axes else 2

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape ``T (Z) Y X``; T is 1 for a single image."""
        return (1, *self.array.shape) if "T" not in self.axes else tuple(self.array.shape)

    def __len__(self) -> int:
        """Return the number of frames."""
        return self.shape[0]

    def frame(self, number: int) -> np.ndarray:
        """Return one frame, ``(Z) Y X``, native dtype; data on disk are read only now."""
        return np.asarray(self.array[number] if "T" in self.axes else self.array)

    def names(self) -> list[str]:
        """Return the name of each frame, formed like the names of the frames of a file."""
        return part_names(self.name, None, len(self))

    def cut(self, window: tuple[slice, slice]) -> "Stack":
        """Return all frames cropped to a window along Y and X."""
        return replace(self, array=self.array[(..., *window)])

    def as_layer(self, labels: np.ndarray) -> np.ndarray:
        """Return a view of label maps ``T (Z) Y X`` with the axes in the order of the layer."""
        letters = self._letters
        own = labels if "T" in letters else labels[0]
        return own.transpose([letters.index(letter) for letter in self.axes])

    def frames(self) -> np.ndarray:
        """Return all frames, ``T (Z) Y X``; a view if the layer holds a NumPy array."""
        whole = np.asarray(self.array)
        return whole if "T" in self.axes else whole[None]

    def named(self, layer: str | None) -> "Stack":
        """Return the stack with the name of a layer, if one is given."""
        return self if layer is None else replace(self, name=component(layer))

    @property
    def _letters(self) -> str:
        return "".join(letter for letter in ORDER if letter in self.axes)


def guess_axes(layer: Layer) -> str:
    """Return a letter for each axis of a layer: those it states, or else the usual order."""
    said = [AXIS_ALIASES.get(str(label).upper(), str(label).upper()) for label in layer.axis_labels]
    known = "".join(said)
    ndim = len(said)
    if len(known) == ndim and len(set(known)) == ndim and {"Y", "X"} <= set(known) <= set(ORDER):
        return known
    return ORDER[-ndim:] if ndim <= len(ORDER) else "?" * (ndim - len(ORDER)) + ORDER


def stack_of(layer: Layer, axes: str | None = None) -> Stack:
    """Return a layer as a stack.

    Parameters
    ----------
    layer
        Image layer; of a pyramid the largest level is used.
    axes
        A letter, T, Z, Y or X, for each of its axes (default: :func:`guess_axes`).

    Raises
    ------
    AdganError
        If the axes do not fit the layer, or it holds colours.
    """
    axes = (axes or guess_axes(layer)).upper()
    data = layer.data[0] if getattr(layer, "multiscale", False) else layer.data
    if getattr(layer, "rgb", False):
        raise AdganError(
            f"{layer.name} is a colour image: split it into channels (right click on the layer, "
            "Split RGB) and choose the one that shows nuclei"
        )
    if (
        len(axes) != data.ndim
        or len(set(axes)) < len(axes)
        or not {"Y", "X"} <= set(axes) <= set(ORDER)
    ):
        raise AdganError(
            f"{layer.name} has {data.ndim} axes, which the letters {axes!r} do not fit: give one "
            "of T, Z, Y, X for each axis, and split channels first (right click, Split Stack)"
        )
    order = [axes.index(letter) for letter in ORDER if letter in axes]
    return Stack(component(layer.name), data.transpose(order), axes, spacing_of(layer, axes))


def spacing_of(layer: Layer, axes: str) -> tuple[float, ...] | None:
    """Return the pixel size along ``(Z) Y X`` in micrometres; None if the layer has none.

    Many readers give a scale in micrometres but leave the unit at pixels; such a scale is used.
    """
    letters = [letter for letter in "ZYX" if letter in axes]
    sides = [float(layer.scale[axes.index(letter)]) for letter in letters]
    units = [str(layer.units[axes.index(letter)]) for letter in letters]
    if all(unit in UNIT_MICROMETRES for unit in units):
        return tuple(side * UNIT_MICROMETRES[unit] for side, unit in zip(sides, units, strict=True))
    if all(side == 1 for side in sides) or any(side <= 0 for side in sides):
        return None
    return tuple(sides)


def view_in(
    corners: Sequence[Sequence[float]], axes: str, shape: Sequence[int], most: int
) -> tuple[slice, slice]:
    """Return the visible window along Y and X, limited in size.

    Parameters
    ----------
    corners
        First and last visible pixel along the layer's axes, ``(2, N)``.
    axes
        Letters of these axes.
    shape
        Shape of the image, ``Y X``.
    most
        Longest side of the window, in pixels.
    """
    window = []
    for letter, side in zip("YX", shape, strict=True):
        low, high = (int(corner[axes.index(letter)]) for corner in corners)
        low, high = max(0, low), min(side, high + 1)
        if high - low < 1:
            low, high = 0, side
        spare = max(0, high - low - most)
        window.append(slice(low + spare // 2, high - (spare - spare // 2)))
    return window[0], window[1]
