"""The interface of a system: it is fitted to a task and then segments images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from adgan.models.translator import Translator
from adgan.recipe.recipe import Recipe
from adgan.system.device import Device
from adgan_bench.data import Labelled

Kind = Literal["pretrained", "unsupervised", "two-stage", "supervised", "plain"]
Segment = Callable[[np.ndarray], np.ndarray]
"""Maps pixels ``(Z) Y X``, native dtype, to a label map of the same shape."""
SegmentAll = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
"""Segments several images at once, as some programs take longer to start than to segment."""


def each(segment: Segment) -> SegmentAll:
    """Return a function that segments images one by one."""
    return lambda images: [segment(pixels) for pixels in images]


@dataclass(frozen=True)
class Task:
    """The inputs of a system on one set.

    Parameters
    ----------
    recipe
        Sizes, scenes, network sizes, budget and seed, the same for every system.
    images
        All images, without labels.
    seen
        Labelled images to learn from; only for supervised systems.
    band
        Width of the border in which labels are incomplete, in pixels.
    diameter
        The true median diameter in pixels, for classical systems that cannot estimate it.
    device
        Device to compute on.
    folder
        Folder for files of the run; it does not exist yet.
    """

    recipe: Recipe
    images: Sequence[np.ndarray]
    seen: Sequence[Labelled]
    band: int
    diameter: float
    device: Device
    folder: Path


@dataclass(frozen=True)
class Fitted:
    """A system that is ready to segment, with notes on its training for the record."""

    segment: SegmentAll
    notes: dict[str, Any] = field(default_factory=dict)
    translator: Translator | None = None
    """The translator that makes images from masks, for pictures."""
    mask: Segment | None = None
    """Maps pixels to the Boolean mask that the network predicts, before decoding."""


@dataclass(frozen=True)
class System:
    """A system of the comparison.

    Parameters
    ----------
    title
        Name in tables.
    kind
        What it learns from.
    fit
        Trains it, or sets it up.
    ndims
        Numbers of axes that it supports.
    missing
        Says how to install what it needs, or returns None if nothing is missing.
    reimplemented
        True if it is written here from its paper, which tables mark.
    """

    title: str
    kind: Kind
    fit: Callable[[Task], Fitted]
    ndims: tuple[int, ...] = (2, 3)
    missing: Callable[[], str | None] = lambda: None
    reimplemented: bool = True
