"""The work of segmenting an image: the number of pixels predicted, measured and decoded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.image.scale import working_shape
from adgan.image.tiling import centre
from adgan.io import Image, Sized
from adgan.models.build import axes_of
from adgan.models.moments import pixels_measured
from adgan.models.translate import pixels_drawn
from adgan.recipe.recipe import Recipe
from adgan.segmentation.size import block_size, plan_blocks, working_size


@dataclass(frozen=True)
class Probe:
    """The parts of images that are segmented to measure the pace.

    Parameters
    ----------
    side_min, side_max
        Smallest and largest side of a part, in working pixels.
    fraction
        Largest fraction of all pixels in the parts, so that measuring takes little time compared
        with the work.
    """

    side_min: int
    side_max: int
    fraction: float = 0.1


PROBES = {2: Probe(96, 320), 3: Probe(24, 96)}


@dataclass(frozen=True)
class Work:
    """The work of one image.

    Parameters
    ----------
    pixels
        Number of pixels of the image.
    block
        Number of pixels of its largest block.
    decoded
        Number of pixels of all blocks, including overlap.
    drawn
        Number of working pixels that the network predicts per view, including overlap.
    measured
        Number of working pixels on which the network's statistics are measured, per view, or once
        for a volume in blocks.
    held
        Number of pixels that stay in memory while the image is segmented in blocks.
    """

    pixels: int
    block: float
    decoded: float
    drawn: int
    measured: int
    held: int = 0

    @property
    def cut(self) -> bool:
        """True if the image is segmented in blocks."""
        return self.block < self.pixels


@dataclass(frozen=True)
class Pace:
    """Processor time in seconds, per pixel of each kind and per image of any size.

    Attributes
    ----------
    drawn, measured, decoded
        Per pixel that the network translates, measures statistics on, and that is decoded.
    view
        Of the network, per view of an image.
    rest
        Of everything else, per image.
    """

    drawn: float
    measured: float
    decoded: float = 0.0
    view: float = 0.0
    rest: float = 0.0

    def seconds(self, work: Work, views: int) -> float:
        """Return the processor time of one image with this number of views, in seconds."""
        measured = work.measured * (1 if work.cut else views)
        network = views * (self.view + work.drawn * self.drawn) + measured * self.measured
        return network + self.rest + work.decoded * self.decoded


def work_of(recipe: Recipe, image: Sized, width: int) -> Work:
    """Return the work of segmenting an image.

    Parameters
    ----------
    recipe
        The run's settings.
    image
        The image, with its voxel size if known.
    width
        Width of the network, in channels.
    """
    shape, pixels = image.shape, math.prod(image.shape)
    working = working_shape(shape, recipe.scales(image.spacing))
    large = bool(getattr(image, "large", False))
    cut = large or len(shape) == 3 and block_size(working_size(recipe, shape, image.spacing))
    if not cut:
        drawn, measured = pixels_drawn(working, width, recipe.tiling, axes_of(recipe))
        return Work(pixels, pixels, pixels, drawn, measured)
    blocks = [tile.size for tile in plan_blocks(recipe, shape, image.spacing)]
    sizes = [math.prod(block) for block in blocks]
    scales = recipe.scales(image.spacing)
    drawn = sum(
        pixels_drawn(working_shape(block, scales), width, recipe.tiling, axes_of(recipe))[0]
        for block in blocks
    )
    measured, held = pixels_measured(working, width, recipe.tiling), 0 if large else pixels
    return Work(pixels, max(sizes), sum(sizes), drawn, measured, held)


def part_of(recipe: Recipe, image: Image, largest: float) -> Image:
    """Return the centre of an image, of about `largest` pixels within :data:`PROBES`."""
    ndim, scale = image.pixels.ndim, np.array(recipe.scales(image.spacing))
    side = (largest * scale.prod()) ** (1 / ndim)
    side = min(max(side, PROBES[ndim].side_min), PROBES[ndim].side_max)
    return middle_of(image, np.ceil(side / scale).astype(int))


def middle_of(image: Image, sides: Sequence[int] | np.ndarray) -> Image:
    """Return the centre of an image, with these sides or as much as there is."""
    return replace(image, pixels=centre(image.pixels, np.asarray(sides)))
