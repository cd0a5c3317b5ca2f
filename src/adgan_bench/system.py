"""What a system of a comparison is: a task goes in, a function from pixels to labels comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from adgan.device import Device
from adgan.methods.translator import Translator
from adgan.recipe import Recipe
from adgan_bench.data import Labelled

Kind = Literal["pretrained", "unsupervised", "two-stage", "supervised", "plain", "external"]
Segment = Callable[[np.ndarray], np.ndarray]
"""Pixels ``(Z) Y X`` of a native dtype to a label map of their shape."""
SegmentAll = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
"""The same of several images at once: some programs take longer to start than to segment one."""


def each(segment: Segment) -> SegmentAll:
    """Return what segments images one after the other."""
    return lambda images: [segment(pixels) for pixels in images]


@dataclass(frozen=True)
class Task:
    """One set for one system.

    Parameters
    ----------
    recipe
        Sizes, scenes, network sizes, budget and seed, the same for every system.
    images
        All images, without labels.
    seen
        Labelled images to learn from; for supervised systems alone.
    band
        Pixels along the frame whose labels are incomplete.
    diameter
        The true median diameter in pixels; for plain systems, which cannot find it.
    device
        Where to compute.
    folder
        Where a run may leave its files; not made yet.
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
    """A system ready for images, and what is worth noting about how it came to be."""

    segment: SegmentAll
    notes: dict[str, Any] = field(default_factory=dict)
    translator: Translator | None = None
    """What makes images from masks, for pictures."""
    mask: Segment | None = None
    """Pixels to the Boolean mask that the network itself draws, before anything is decoded."""


@dataclass(frozen=True)
class System:
    """A system of the comparison.

    Parameters
    ----------
    title
        As tables call it.
    kind
        What it learns from.
    fit
        Trains it, or sets it up.
    ranks
        Ranks of images that it takes.
    missing
        Says how to install what it needs, or None where all is there.
    ours
        Whether it is written here from its paper, rather than the real thing run.
    """

    title: str
    kind: Kind
    fit: Callable[[Task], Fitted]
    ranks: tuple[int, ...] = (2, 3)
    missing: Callable[[], str | None] = lambda: None
    ours: bool = True
