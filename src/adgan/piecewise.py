"""A large image segmented block by block, whatever the model: bounded memory, no seams.

Blocks overlap by several nuclei, and what a place shows does not hang on the block that it lies in.
A nucleus is taken, whole, from the block in whose core its middle lies; what an earlier block has
given already is left out.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import ndimage

from adgan.tiling import Tile, plan_tiles

Window = tuple[slice, ...]
Watch = Callable[[float], None]


@dataclass(frozen=True)
class Seen:
    """What a model finds in one window of an image.

    Attributes
    ----------
    labels
        uint32, of the window's shape, labels from 1.
    soft
        Probability of each pixel, float32; where it was asked for.
    sure, reasons
        Chance of each nucleus to be right, ``(N,)``, and what it is made of; where asked for.
    missed
        Nuclei that there seem to be beyond those.
    steady
        A factor of the F1 to expect, see :func:`adgan.builtin.segmenting.steadiness`.
    """

    labels: np.ndarray
    soft: np.ndarray | None = None
    sure: np.ndarray | None = None
    reasons: dict[str, np.ndarray] = field(default_factory=dict)
    missed: float = 0.0
    steady: float = 1.0


class Sight(Protocol):
    """One large image, measured as a whole, of which any window can be segmented.

    Attributes
    ----------
    shape
        Of the image.
    overlap
        Pixels that neighbouring blocks share along each axis: twice the halo of a block.
    near
        Pixels along each axis by which two blocks may differ on where the middle of a nucleus is.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image, ``(Z) Y X``."""

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""

    def segment(self, window: Window) -> Seen:
        """Find the nuclei of a window, as the whole image would show them."""


class Store(Protocol):
    """Pixels that are read and written by window: an array, in memory or on the disk."""

    def __getitem__(self, window: Window, /) -> np.ndarray:
        """Return a window."""

    def __setitem__(self, window: Window, values: np.ndarray, /) -> None:
        """Fill a window."""


@dataclass(frozen=True)
class Taken:
    """The nuclei that an image got from one block.

    Attributes
    ----------
    window
        Where they lie in the image.
    labels
        Of the window, numbered from 1 as they were taken; what other blocks gave is 0.
    first
        Number that the first of them has in the image.
    sure, reasons
        As in :class:`Seen`, of these alone.
    """

    window: Window
    labels: np.ndarray
    first: int
    sure: np.ndarray | None
    reasons: dict[str, np.ndarray]


@dataclass
class Found:
    """The nuclei so far: how many, and what was judged of each."""

    labels: Store
    count: int = 0
    missed: float = 0.0
    sure: list[np.ndarray] = field(default_factory=list)
    reasons: dict[str, list[np.ndarray]] = field(default_factory=dict)
    steady: list[tuple[float, int]] = field(default_factory=list)

    def judged(self, seen: Seen, taken: Taken, share: float) -> None:
        """Add a block's confidence: that of the nuclei taken, and its share of those missed."""
        self.missed += share * seen.missed
        if taken.sure is not None:
            self.sure.append(taken.sure)
            self.steady.append((seen.steady, len(taken.sure)))
        for name, values in taken.reasons.items():
            self.reasons.setdefault(name, []).append(values)

    @property
    def steadiness(self) -> float:
        """The mean factor of the F1 to expect, over all nuclei."""
        nuclei = sum(number for _, number in self.steady)
        return sum(factor * n for factor, n in self.steady) / nuclei if nuclei else 1.0


def plan_blocks(shape: Sequence[int], overlap: Sequence[int], pixels: float) -> list[Tile]:
    """Cut an image into blocks of about so many pixels, as near to cubes as it allows."""
    sides, left, shared = [0] * len(shape), pixels, list(overlap)
    for done, axis in enumerate(np.argsort(shape)):
        length = shape[axis]
        most = min(length, max(int(left ** (1 / (len(shape) - done))), 2 * shared[axis]))
        count = 1 if most == length else math.ceil((length - shared[axis]) / (most - shared[axis]))
        sides[axis] = math.ceil((length + (count - 1) * shared[axis]) / count)  # none too large
        left /= sides[axis]
    return plan_tiles(shape, sides, [min(o, s - 1) for o, s in zip(shared, sides, strict=True)])


def segment_blocks(
    sight: Sight,
    tiles: Sequence[Tile],
    labels: Store,
    drawn: Store | None = None,
    add: Callable[[Taken], None] | None = None,
    watch: Watch | None = None,
    each: Callable[[Callable[[Window], Seen], Iterable[Window]], Iterable[Seen]] = map,
) -> Found:
    """Segment an image, block by block.

    Parameters
    ----------
    sight
        Of the image.
    tiles
        Its blocks, see :func:`plan_blocks`.
    labels
        Filled with numbers from 1 without gaps; zeros before.
    drawn
        Filled with the soft mask.
    add
        Called with what each block gave.
    watch
        Called with the share that is done.
    each
        Applies a function to many windows, and gives the results in order: :func:`map`, or what
        spreads them over machines.
    """
    found = Found(labels)
    results = each(sight.segment, [tile.window for tile in tiles])
    for number, (tile, seen) in enumerate(zip(tiles, results, strict=True), start=1):
        if drawn is not None and seen.soft is not None:
            drawn[tuple(slice(*ends) for ends in tile.core)] = seen.soft[tile.inner]
        taken = take(seen, found, tile, sight.near)
        found.judged(seen, taken, math.prod(b - a for a, b in tile.core) / seen.labels.size)
        if add:
            add(taken)
        if watch:
            watch(number / len(tiles))
    return found


def take(seen: Seen, found: Found, tile: Tile, near: Sequence[float]) -> Taken:
    """Copy the nuclei of a block that are its own into the map, numbered after those there."""
    first, names = found.count + 1, []
    given = np.array(found.labels[tile.window])
    own = np.zeros(seen.labels.shape, np.uint32)
    for name, box in enumerate(ndimage.find_objects(seen.labels.astype(np.int32)), start=1):
        if box is None:
            continue
        inside = seen.labels[box] == name
        places = np.nonzero(inside)
        middle = [b.start + p.mean() for b, p in zip(box, places, strict=True)]
        ends = zip(middle, tile.inner, near, strict=True)
        if not all(c.start - far <= m < c.stop + far for m, c, far in ends):
            continue
        free = inside & (given[box] == 0)
        if 2 * np.count_nonzero(free) <= len(places[0]):
            continue  # another block has given it already
        found.count += 1
        names.append(name)
        given[box][free] = found.count
        own[box][free] = len(names)
    if names:
        found.labels[tile.window] = given
    kept = np.array(names, int) - 1
    sure = None if seen.sure is None else seen.sure[kept]
    reasons = {name: values[kept] for name, values in seen.reasons.items()}
    return Taken(tile.window, own, first, sure, reasons)
