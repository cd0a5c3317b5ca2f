"""A large image or volume segmented by a run, block by block, see :mod:`adgan.piecewise`.

Intensities and the network's statistics are those of the whole, so that a place comes out alike in
every block.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.build import build_parts
from adgan.builtin.broad import Broad
from adgan.builtin.doubt import describe
from adgan.builtin.elect import elect
from adgan.builtin.umpire import AGREED, ALIKE
from adgan.checkpoint import Model
from adgan.confidence import judge, look_again
from adgan.data.parts import Parts, Window
from adgan.data.scale import nearest, rescale, working_shape
from adgan.decode import mean_radius
from adgan.instances.regions import components
from adgan.io import Sized, Windowed
from adgan.io.windows import glimpses
from adgan.methods.adgan import IMAGE
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.moments import Moments, measure_moments, to_steps, whole_steps
from adgan.peak import ask, available
from adgan.piecewise import Seen, Watch
from adgan.piecewise import plan_blocks as plan_pieces
from adgan.recipe import Recipe
from adgan.segmenter import Segmenter
from adgan.tiling import Tile

LARGE = 2**25
"""Pixels beyond which an image is cut, and of a block, overlap and all, where memory allows it."""
SMALLEST = 2**20
"""Pixels that a block has anyway."""
BYTES = 64
"""Memory that decoding takes for each pixel of a block."""
JUDGING = 32
"""The same of judging what was decoded."""
OVERLAP = 5.0
"""Of neighbouring blocks, in largest radii: a nucleus, and what its rim is measured on."""
NEAR = 0.25
"""Mean radii by which a middle may lie outside a core, as two blocks may differ that much."""
TRIED, SIDE = 2, 1024
"""Parts of a large image, and their sides, on which a run and the built-in model are compared."""


def block_size(pixels: float, each: float = BYTES) -> int | None:
    """Return the pixels of the blocks that an image is cut into, None where it stays whole.

    Where memory is short, more images are cut, into smaller blocks.

    Parameters
    ----------
    pixels
        Of the image.
    each
        Bytes that working on one of them takes.
    """
    most = int(min(LARGE * BYTES, min(available(), 2**60) / 2) / each)
    return None if pixels <= most else max(SMALLEST, most)


def working_size(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> int:
    """Return the pixels of an image at its own size or the working size, whichever is larger."""
    working = working_shape(shape, recipe.scales(spacing))
    return max(int(np.prod(shape)), int(np.prod(working)))


@dataclass(frozen=True)
class RunSight:
    """A large image as a run sees it, a :class:`adgan.piecewise.Sight`.

    Attributes
    ----------
    model
        The run, its recipe that of this image.
    whole
        The image.
    moments
        The network's statistics over it.
    threshold, symmetries, confidence, probability
        As for :func:`adgan.segment.segment`.
    beside
        The same image as the built-in model sees it, where both vote.
    agreed
        Whether both agree, so that the run's nuclei stand.
    """

    model: Model
    whole: Parts
    moments: Moments
    threshold: float | None = None
    symmetries: bool = False
    confidence: bool = False
    probability: bool = False
    beside: Broad | None = None
    agreed: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.whole.pixels.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        own = overlap_of(self.model.recipe, self.whole.scales)
        return tuple(map(max, own, self.beside.overlap)) if self.beside else own

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        sides = zip(self.model.recipe.aspect, self.whole.scales, strict=True)
        radius = mean_radius(self.model.recipe)
        return tuple(NEAR * radius / side / scale for side, scale in sides)

    def segment(self, window: Window) -> Seen:
        """Find the nuclei of a window, as the whole image would show them."""
        segmenter = Segmenter(
            self.model.recipe, self.model.generator, self.threshold, self.symmetries
        )
        working = self.whole.aligned(self.whole.over(window))
        part, under = self.whole.prepare(working), self.whole.under(working)
        inner = tuple(
            slice(w.start - u.start, w.stop - u.start) for w, u in zip(window, under, strict=True)
        )
        soft = segmenter.predict(part.seen, self.moments)
        labels = segmenter.decode(part, soft)
        seen = Seen(labels[inner])
        if self.probability:
            drawn = np.clip(rescale(soft, labels.shape), 0, 1)[inner]
            seen = replace(seen, soft=drawn)
        if self.beside:
            return self._elected(seen, window, self.beside)
        if self.confidence:
            others = look_again(segmenter, part, self.moments)
            sure = judge(segmenter, part, soft, others, labels)
            seen = replace(seen, sure=sure.nuclei, reasons=sure.reasons, missed=sure.missed)
        return seen

    def _elected(self, seen: Seen, window: Window, beside: Broad) -> Seen:
        """Let both vote, as :func:`adgan.builtin.umpire.umpire` does."""
        found = beside.find(window)
        doubt = beside.network.doubt
        assert doubt is not None
        sure = np.zeros(int(seen.labels.max(initial=0)))
        small = nearest(seen.labels, found.small.shape)
        there = doubt.sureness(describe(small, found.maps, found.seen))
        sure[: len(there)] = there
        labels, chances = seen.labels, sure
        if not self.agreed:
            labels, chances = elect(
                seen.labels, sure, found.labels, found.sure, ALIKE[seen.labels.ndim]
            )
        missed = max(0.0, found.expected - float(chances.sum()))
        steady = beside.steady(window, found) if self.confidence else 1.0
        return replace(
            seen,
            labels=labels,
            sure=chances if self.confidence else None,
            missed=missed,
            steady=steady,
        )

    def compared(self) -> "RunSight":
        """Return the same once parts of the image have shown whether both models agree."""
        if self.beside is None:
            return self
        alone, shares = replace(self, beside=None, confidence=False, probability=False), []
        for window in glimpses(self.whole.pixels, TRIED, SIDE):
            theirs, ours = self.beside.find(window).labels, alone.segment(window).labels
            shares.append(f1(count_overlap(theirs, ours)))
        agreed = float(np.mean(shares)) >= AGREED[len(self.whole.pixels.shape)]
        return replace(
            self, agreed=agreed, beside=self.beside if not agreed or self.confidence else None
        )


def sight_of_run(
    model: Model,
    pixels: Windowed,
    spacing: Sequence[float] | None = None,
    threshold: float | None = None,
    symmetries: bool = False,
    confidence: bool = False,
    probability: bool = False,
    beside: Broad | None = None,
) -> RunSight:
    """Measure a large image as a whole, so that any part of it can be segmented.

    Parameters
    ----------
    model, spacing, threshold, symmetries, confidence, probability
        As for :func:`adgan.segment.segment_image`.
    pixels
        An array, or what gives windows of one, nuclei bright.
    beside
        See :class:`RunSight`.
    """
    whole = build_parts(model.recipe, pixels, spacing)
    moments = whole_moments(model, whole)
    sight = RunSight(model, whole, moments, threshold, symmetries, confidence, probability, beside)
    return sight.compared()


def segment_mask(
    sight: RunSight, tiles: Sequence[Tile], drawn: np.ndarray | None, watch: Watch | None
) -> np.ndarray:
    """Return the components of a semantic run's mask, whose blocks are joined first.

    Parameters
    ----------
    sight, tiles, watch
        As for :func:`adgan.piecewise.segment_blocks`.
    drawn
        Filled with the soft mask.
    """
    labels = np.zeros(sight.shape, np.uint32)
    for number, tile in enumerate(tiles, start=1):
        seen, core = sight.segment(tile.window), tuple(slice(*ends) for ends in tile.core)
        labels[core] = seen.labels[tile.inner] > 0
        if drawn is not None and seen.soft is not None:
            drawn[core] = seen.soft[tile.inner]
        if watch:
            watch(number / len(tiles))
    return components(labels)


def whole_moments(model: Model, whole: Parts) -> Moments:
    """Return the network's statistics over a volume, see :func:`measure_moments`."""

    def window_of(window: Window) -> np.ndarray:
        ends = zip(window, whole.shape, strict=True)
        return to_steps(whole.seen(tuple(slice(w.start, min(w.stop, n)) for w, n in ends)))

    return measure_moments(model.generator, whole_steps(whole.shape), window_of, IMAGE)


def plan_blocks(
    recipe: Recipe,
    shape: Sequence[int],
    spacing: Sequence[float] | None = None,
    each: float = BYTES,
) -> list[Tile]:
    """Cut an image of so many pixels into blocks, as near to cubes as it allows."""
    pixels = working_size(recipe, shape, spacing)
    most = (block_size(pixels, each) or pixels) * math.prod(shape) / pixels
    return plan_pieces(shape, overlap_of(recipe, recipe.scales(spacing)), most)


def overlap_of(recipe: Recipe, scales: Sequence[float]) -> tuple[int, ...]:
    """Return the pixels that neighbouring blocks share."""
    radius = recipe.working_radius(max(recipe.scene.radius))
    sides = zip(recipe.aspect, scales, strict=True)
    return tuple(math.ceil(OVERLAP * radius / side / scale) for side, scale in sides)


def check_room(recipe: Recipe, image: Sized, held_on: int) -> None:
    """Refuse an image that cannot be segmented in the memory that is free.

    Parameters
    ----------
    recipe
        The run's settings.
    image
        It need not be read yet.
    held_on
        Bytes a pixel that are held while it is segmented, its own and the label map's among them.

    Raises
    ------
    AdganError
        Saying how much is needed.
    """
    voxels = working_size(recipe, image.shape, image.spacing)
    at_once = block_size(voxels) if len(image.shape) == 3 else None
    needed = held_on * math.prod(image.shape) + BYTES * (at_once or voxels)
    ask(needed, f"segmenting {image.path}", "cut it into parts, or close other programs")
