"""A label layer and the image layer it belongs to, brought to the same axes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.napari_plugin.shown import ABOUT
from adgan.napari_plugin.stacks import Stack, stack_of


@dataclass(frozen=True)
class Together:
    """Labels with what belongs to them.

    Attributes
    ----------
    names
        Of the frames, as images are named.
    labels
        ``T (Z) Y X``; a view of the layer's own array where it is one of numpy.
    image
        Intensities of the same shape; None where there are none.
    stack
        The label layer, for its axes and pixel size.
    """

    names: list[str]
    labels: np.ndarray
    image: np.ndarray | None
    stack: Stack


def together(labels: Any, image: Any = None) -> Together:
    """Take a label layer and its image.

    Parameters
    ----------
    labels
        A layer of label maps; one of this plugin knows its axes and the name of its image.
    image
        The layer of the image; None where only labels count.

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
                f"{image.name} has the shape {image.data.shape} and {labels.name} "
                f"{labels.data.shape}: choose the image that the nuclei were found in"
            )
        light = pixels.frames()
    return Together(names, stack.frames(), light, stack)
