"""An image layer as frames ``(Z) Y X``, whatever the order of its axes, and label maps back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from adgan.errors import AdganError
from adgan.io.read import part_names
from adgan.text import component

ORDER = "TZYX"
"""Axes of a stack, as far as the layer has them."""
NAMES = {"TIME": "T", "FRAME": "T", "PLANE": "Z", "DEPTH": "Z"}
"""Other names of axes that files give."""
PARTS = {"micrometer": 1.0, "micron": 1.0, "nanometer": 1e-3, "millimeter": 1e3, "meter": 1e6}
"""Micrometres in the units that napari's readers give."""


class Layer(Protocol):
    """What is asked of a layer of napari."""

    name: str
    data: Any
    scale: Any
    units: Any
    axis_labels: Any


@dataclass(frozen=True)
class Stack:
    """Images of one kind: one, or the frames of a time series.

    Attributes
    ----------
    name
        Of the layer, fit to name files.
    array
        ``(T) (Z) Y X``, whatever can be indexed as numpy arrays are.
    axes
        Letters of T, Z, Y, X in the order of the layer's own axes.
    spacing
        Micrometres per axis, ``(Z) Y X``; None when unknown.
    """

    name: str
    array: Any
    axes: str
    spacing: tuple[float, ...] | None = None

    @property
    def rank(self) -> int:
        """Axes of a single frame, 2 or 3."""
        return 3 if "Z" in self.axes else 2

    @property
    def shape(self) -> tuple[int, ...]:
        """``T (Z) Y X``, also of a single image."""
        return (1, *self.array.shape) if "T" not in self.axes else tuple(self.array.shape)

    def __len__(self) -> int:
        """Return the number of frames."""
        return self.shape[0]

    def frame(self, number: int) -> np.ndarray:
        """Return one frame, ``(Z) Y X``, native dtype; read from disk only now if it lies there."""
        return np.asarray(self.array[number] if "T" in self.axes else self.array)

    def names(self) -> list[str]:
        """Return the name of each frame, as those of a file are named."""
        return part_names(self.name, None, len(self))

    def cut(self, window: tuple[slice, slice]) -> "Stack":
        """Return the part of all frames that a window along Y and X leaves."""
        return replace(self, array=self.array[(..., *window)])

    def as_layer(self, labels: np.ndarray) -> np.ndarray:
        """Return a view of label maps ``T (Z) Y X`` with the axes as the layer has them."""
        letters = self._letters
        own = labels if "T" in letters else labels[0]
        return own.transpose([letters.index(letter) for letter in self.axes])

    def frames(self) -> np.ndarray:
        """Return all frames, ``T (Z) Y X``; a view of the layer's own array where it is numpy's."""
        whole = np.asarray(self.array)
        return whole if "T" in self.axes else whole[None]

    def named(self, layer: str | None) -> "Stack":
        """Return the stack under the name of a layer, if one is given."""
        return self if layer is None else replace(self, name=component(layer))

    @property
    def _letters(self) -> str:
        return "".join(letter for letter in ORDER if letter in self.axes)


def guess_axes(layer: Layer) -> str:
    """Return a letter for each axis of a layer: what it says itself, else the usual order."""
    said = [NAMES.get(str(label).upper(), str(label).upper()) for label in layer.axis_labels]
    known = "".join(said)
    rank = len(said)
    if len(known) == rank and len(set(known)) == rank and {"Y", "X"} <= set(known) <= set(ORDER):
        return known
    return ORDER[-rank:] if rank <= len(ORDER) else "?" * (rank - len(ORDER)) + ORDER


def stack_of(layer: Layer, axes: str | None = None) -> Stack:
    """Take a layer for a stack.

    Parameters
    ----------
    layer
        Of an image; the largest level of a pyramid is taken.
    axes
        A letter for each of its axes, T, Z, Y or X; :func:`guess_axes` when absent.

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
            f"{layer.name} has {data.ndim} axes, which the letters {axes!r} do not name: give one "
            "of T, Z, Y, X for each, and split channels first (right click, Split Stack)"
        )
    order = [axes.index(letter) for letter in ORDER if letter in axes]
    return Stack(component(layer.name), data.transpose(order), axes, spacing_of(layer, axes))


def spacing_of(layer: Layer, axes: str) -> tuple[float, ...] | None:
    """Return micrometres per axis, ``(Z) Y X``; None where a layer tells nothing.

    Many readers give a scale in micrometres and leave the unit at pixels: it is taken for that.
    """
    letters = [letter for letter in "ZYX" if letter in axes]
    sides = [float(layer.scale[axes.index(letter)]) for letter in letters]
    units = [str(layer.units[axes.index(letter)]) for letter in letters]
    if all(unit in PARTS for unit in units):
        return tuple(side * PARTS[unit] for side, unit in zip(sides, units, strict=True))
    if all(side == 1 for side in sides) or any(side <= 0 for side in sides):
        return None
    return tuple(sides)


def view_in(
    corners: Sequence[Sequence[float]], axes: str, shape: Sequence[int], most: int
) -> tuple[slice, slice]:
    """Return the window along Y and X that is in view, at most so long along either.

    Parameters
    ----------
    corners
        First and last pixel in view, in the layer's own axes, ``(2, N)``.
    axes
        Letters of these axes.
    shape
        ``Y X`` of the image.
    most
        Longest side in pixels.
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
