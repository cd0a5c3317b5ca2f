"""What segmenting an image comes to: how many pixels are drawn, measured and decoded."""

import math
from dataclasses import dataclass

from adgan.blocks import block_size, plan_blocks, working_size
from adgan.data.scale import working_shape
from adgan.io import Sized
from adgan.moments import pixels_measured
from adgan.recipe import Recipe
from adgan.translate import pixels_drawn


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
