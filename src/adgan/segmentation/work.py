"""What segmenting an image comes to: how many pixels are drawn, measured and decoded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.auto.scaling import centre
from adgan.data.scale import working_shape
from adgan.io import Image, Sized
from adgan.moments import pixels_measured
from adgan.recipe import Recipe
from adgan.segmentation.size import block_size, plan_blocks, working_size
from adgan.translate import pixels_drawn

SIDE = {2: 320, 3: 96}
"""Working pixels per axis of a part that is segmented, at most."""
LEAST = {2: 96, 3: 24}
"""Working pixels per axis that a part has anyway."""


@dataclass(frozen=True)
class Work:
    """One image's share.

    Parameters
    ----------
    pixels
        Of the image.
    block
        The most of them that are done at once.
    decoded
        Those of all blocks, overlap and all.
    drawn
        Working pixels that go through the network for one view.
    measured
        Working pixels that the network's statistics are measured on: for each view, or once
        for a volume in blocks.
    held
        Pixels that are held while it is done in blocks.
    """

    pixels: int
    block: float
    decoded: float
    drawn: int
    measured: int
    held: int = 0

    @property
    def cut(self) -> bool:
        """Whether it is done in blocks."""
        return self.block < self.pixels


@dataclass(frozen=True)
class Pace:
    """Seconds of the processor for one pixel of each kind, and for each image whatever its size.

    ``view`` is for each view of an image, ``rest`` for all that is not the network.
    """

    drawn: float
    measured: float
    decoded: float = 0.0
    view: float = 0.0
    rest: float = 0.0

    def seconds(self, work: Work, views: int) -> float:
        """Return the seconds of the processor that one image takes, seen so many times."""
        measured = work.measured * (1 if work.cut else views)
        network = views * (self.view + work.drawn * self.drawn) + measured * self.measured
        return network + self.rest + work.decoded * self.decoded


def work_of(recipe: Recipe, image: Sized, width: int) -> Work:
    """Return what an image comes to.

    Parameters
    ----------
    recipe
        The run's settings.
    image
        With its voxel size, where it is known.
    width
        Of the network.
    """
    shape, pixels = image.shape, math.prod(image.shape)
    working = working_shape(shape, recipe.scales(image.spacing))
    large = bool(getattr(image, "large", False))
    cut = large or len(shape) == 3 and block_size(working_size(recipe, shape, image.spacing))
    if not cut:
        drawn, measured = pixels_drawn(working, width)
        return Work(pixels, pixels, pixels, drawn, measured)
    blocks = [tile.size for tile in plan_blocks(recipe, shape, image.spacing)]
    sizes = [math.prod(block) for block in blocks]
    scales = recipe.scales(image.spacing)
    drawn = sum(pixels_drawn(working_shape(block, scales), width)[0] for block in blocks)
    measured, held = pixels_measured(working, width), 0 if large else pixels
    return Work(pixels, max(sizes), sum(sizes), drawn, measured, held)


def part_of(recipe: Recipe, image: Image, largest: float) -> Image:
    """Return the middle of an image, of about `largest` pixels if that is within bounds."""
    rank, scale = image.pixels.ndim, np.array(recipe.scales(image.spacing))
    side = (largest * scale.prod()) ** (1 / rank)
    return middle_of(image, np.ceil(min(max(side, LEAST[rank]), SIDE[rank]) / scale).astype(int))


def middle_of(image: Image, sides: Sequence[int] | np.ndarray) -> Image:
    """Return the middle of an image, of these sides or all there is."""
    return replace(image, pixels=centre(image.pixels, np.asarray(sides)))
