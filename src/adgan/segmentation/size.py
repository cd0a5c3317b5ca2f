"""How large an image may be before it is cut into blocks, and how large these are."""

import math
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from adgan.data.scale import working_shape
from adgan.io import Entry, Sized
from adgan.peak import ask, available
from adgan.recipe import Recipe
from adgan.segmentation.blocks import cut_blocks
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


def block_bytes() -> float:
    """Return the memory that one block may take."""
    return min(LARGE * BYTES, min(available(), 2**60) / 2)


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
    most = int(block_bytes() / each)
    return None if pixels <= most else max(SMALLEST, most)


def working_size(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> int:
    """Return the pixels of an image at its own size or the working size, whichever is larger."""
    working = working_shape(shape, recipe.scales(spacing))
    return max(int(np.prod(shape)), int(np.prod(working)))


def needs_windows(image: Entry, pixels: float, each: float) -> bool:
    """Return whether an image must be read by window, and can be.

    Parameters
    ----------
    image
        Not read yet.
    pixels
        That are worked on, at its own or the working size.
    each
        Bytes that each of them takes.

    Raises
    ------
    AdganError
        If memory is short even for that.
    """
    if block_size(pixels, each) is None or find_spec("zarr") is None or image.windows() is None:
        return False
    ask(each * SMALLEST, f"segmenting {image.path}", "close other programs")
    return True


def plan_blocks(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> list[Tile]:
    """Cut an image of so many pixels into blocks, as near to cubes as it allows."""
    pixels = working_size(recipe, shape, spacing)
    most = (block_size(pixels) or pixels) * math.prod(shape) / pixels
    return cut_blocks(shape, overlap_of(recipe, recipe.scales(spacing)), most)


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
