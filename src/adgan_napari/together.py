"""Bring a label layer and its image layer to the same axes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan_napari.shown import ABOUT
from adgan_napari.stacks import Stack, stack_of


@dataclass(frozen=True)
class Together:
    """Label maps with their image.

    Attributes
    ----------
    names
        Names of the frames, formed like those of images.
    labels
        Label maps ``T (Z) Y X``; a view if the layer holds a NumPy array.
    image
        Intensities of the same shape, or None.
    stack
        The label layer, with its axes and pixel size.
    """

    names: list[str]
    labels: np.ndarray
    image: np.ndarray | None
    stack: Stack


def together(labels: Any, image: Any = None) -> Together:
    """Return the data of a label layer and its image layer in the same axes.

    Parameters
    ----------
    labels
        Label layer; one made by this plugin knows its axes and the name of its image.
    image
        Image layer, or None.

    Raises
    ------
    AdganError
        If there is no label layer, or the image has another shape.
    """
    if labels is None:
        raise AdganError("there are no nuclei yet: take a first look, or open a label map")
    about = labels.metadata.get(ABOUT, {})
    stack = stack_of(labels, about.get("axes"))
    names = [about["name"]] if "name" in about else stack.named(about.get("image")).names()
    light = None
    if image is not None:
        pixels = stack_of(image, stack.axes)
        if window := about.get("window"):
            pixels = pixels.cut(window)
        if pixels.shape != stack.shape:
            raise AdganError(
                f"{image.name} has the shape {image.data.shape}, but {labels.name} has "
                f"{labels.data.shape}: choose the image in which the nuclei were found"
            )
        light = pixels.frames()
    return Together(names, stack.frames(), light, stack)
