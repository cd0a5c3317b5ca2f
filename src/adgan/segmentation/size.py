"""The image size above which blocks are used, and the size of the blocks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from adgan.builtin.merging import MERGING
from adgan.image.scale import working_shape
from adgan.image.tiling import Tile
from adgan.io import Entry, Sized
from adgan.recipe.recipe import Recipe
from adgan.recipe.tiling import BlockSettings
from adgan.segmentation.blocks import cut_blocks
from adgan.system.peak import ask, available


@dataclass(frozen=True)
class BlockLimits:
    """How large the blocks of an image are.

    Parameters
    ----------
    pixels_max
        Largest size in pixels of an uncut image, and of a block with its overlap, if memory allows.
    pixels_min
        Smallest size of a block in pixels, even if memory is short.
    decoding, judging
        Memory for decoding, and for estimating confidence, in bytes per pixel of a block.
    """

    pixels_max: int = 2**25
    pixels_min: int = 2**20
    decoding: int = 64
    judging: int = 32


BLOCK_LIMITS = BlockLimits()


def pixel_bytes(confidence: bool) -> int:
    """Return the memory per pixel of a block in bytes, with or without estimating confidence."""
    return BLOCK_LIMITS.decoding + BLOCK_LIMITS.judging * confidence


def block_bytes() -> float:
    """Return the memory limit of one block in bytes."""
    return min(BLOCK_LIMITS.pixels_max * pixel_bytes(False), min(available(), 2**60) / 2)


def block_size(pixels: float, each: float | None = None) -> int | None:
    """Return the size in pixels of an image's blocks, or None if it is not cut.

    If memory is short, more images are cut, into smaller blocks.

    Parameters
    ----------
    pixels
        Size of the image in pixels.
    each
        Memory per pixel in bytes (default: that for decoding).
    """
    most = int(block_bytes() / (pixel_bytes(False) if each is None else each))
    return None if pixels <= most else max(BLOCK_LIMITS.pixels_min, most)


def working_size(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> int:
    """Return the number of pixels at original or working scale, whichever is larger."""
    working = working_shape(shape, recipe.scales(spacing))
    return max(int(np.prod(shape)), int(np.prod(working)))


def needs_windows(image: Entry, pixels: float, each: float) -> bool:
    """Return True if an image must and can be read by window.

    Parameters
    ----------
    image
        The image, not read yet.
    pixels
        Number of pixels to process, at original or working scale.
    each
        Memory per pixel in bytes.

    Raises
    ------
    AdganError
        If there is not enough memory even for that.
    """
    if block_size(pixels, each) is None or find_spec("zarr") is None or image.windows() is None:
        return False
    ask(each * BLOCK_LIMITS.pixels_min, f"segmenting {image.path}", "close other programs")
    return True


def plan_blocks(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> list[Tile]:
    """Cut an image of this shape into blocks, as close to cubes as possible."""
    pixels = working_size(recipe, shape, spacing)
    most = (block_size(pixels) or pixels) * math.prod(shape) / pixels
    return cut_blocks(shape, overlap_of(recipe, recipe.scales(spacing)), most)


def overlap_of(recipe: Recipe, scales: Sequence[float]) -> tuple[int, ...]:
    """Return the overlap of neighbouring blocks in pixels per axis."""
    radius = recipe.working_radius(max(recipe.scene.radius))
    overlap = recipe.tiling.block.overlap * radius
    sides = zip(recipe.working_spacing, scales, strict=True)
    return tuple(math.ceil(overlap / side / scale) for side, scale in sides)


def pixels_compared(how: BlockSettings, shape: Sequence[int]) -> int:
    """Return the number of pixels of an image on which run and built-in model are compared.

    They are those of a few windows if the image is more than twice as large as all of them
    together, and if it keeps the nuclei of the run where both agree there.
    """
    whole = math.prod(shape)
    if MERGING[len(shape)].keeps_first is None:
        return whole
    windows = how.compared * how.compared_side[len(shape) - 2] ** len(shape)
    return windows if whole > 2 * windows else whole


def compares_windows(how: BlockSettings, shape: Sequence[int]) -> bool:
    """Return True if run and built-in model are compared on windows of an image alone."""
    return pixels_compared(how, shape) < math.prod(shape)


def check_room(recipe: Recipe, image: Sized, held_on: int) -> None:
    """Refuse an image that cannot be segmented in the free memory.

    Parameters
    ----------
    recipe
        The run's settings.
    image
        The image; its pixels are not needed.
    held_on
        Memory per pixel during the whole segmentation, in bytes, for the image, its label map
        and other results.

    Raises
    ------
    AdganError
        If there is not enough memory; states how much is needed.
    """
    voxels = working_size(recipe, image.shape, image.spacing)
    at_once = block_size(voxels) if len(image.shape) == 3 else None
    needed = held_on * math.prod(image.shape) + pixel_bytes(False) * (at_once or voxels)
    ask(needed, f"segmenting {image.path}", "cut it into parts, or close other programs")
