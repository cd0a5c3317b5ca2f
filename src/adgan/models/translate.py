"""Translate a whole image with the generator, in tiles with shared statistics.

The statistics of AdaIN are those of the whole image if it fits into one pass. A larger image is cut
into tiles that share one set of statistics (:mod:`adgan.models.moments`): with statistics of its
own, the noise of an empty tile would become nuclei. Large volumes that are seen plane by plane
are tiled only where a plane is too large.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from adgan.image.scale import NETWORK_SIDE_MIN_PIXELS
from adgan.image.tiling import Tile, plan_tiles, stitch
from adgan.image.views import PLAIN, VIEWS, View
from adgan.models.moments import (
    Moments,
    forward,
    measure_moments,
    overlap_of,
    pixels_measured,
    to_steps,
    whole_steps,
)
from adgan.models.planes import PlaneTranslator
from adgan.models.translator import Translator
from adgan.nn.adain import adain, replaying
from adgan.nn.grid import GENERATOR_STRIDE
from adgan.recipe.tiling import TilingSettings

PASS_VALUES = 2**20
"""Largest number of values of a feature map of planes in one pass: more do not fit into the caches
and take twice as long."""


def translate(
    generator: Translator,
    image: np.ndarray,
    source: int,
    how: TilingSettings,
    *,
    tile: Sequence[int] | None = None,
    symmetries: bool = False,
    moments: Moments | None = None,
) -> np.ndarray:
    """Translate one image to the other domain.

    Parameters
    ----------
    generator
        The generator, on the device to use.
    image
        ``(Z) Y X`` in [-1, 1], at the working scale.
    source
        Domain of the image, ``IMAGE`` or ``MASK``.
    how
        How a large image is cut.
    tile
        Largest part of one pass, with sides that are multiples of 4 (default: the whole image if
        memory permits, otherwise that of `how`).
    symmetries
        If True, average over the eight flips and quarter turns in the plane.
    moments
        Statistics of a larger image that this one is a part of, see
        :func:`adgan.models.moments.measure_moments`.

    Returns
    -------
    numpy.ndarray
        float32 of the image's shape.
    """
    moves = VIEWS if symmetries else PLAIN
    total = np.zeros(image.shape, np.float32)
    for view in translate_views(generator, image, source, moves, how, tile=tile, moments=moments):
        total += view
    return total / len(moves)


def translate_views(
    generator: Translator,
    image: np.ndarray,
    source: int,
    views: Iterable[View],
    how: TilingSettings,
    *,
    tile: Sequence[int] | None = None,
    moments: Moments | None = None,
) -> Iterator[np.ndarray]:
    """Translate several views of one image, and transform each translation back.

    Parameters
    ----------
    generator, image, source, how, tile, moments
        As for :func:`translate`.
    views
        Some of :data:`adgan.image.views.VIEWS`.

    Yields
    ------
    numpy.ndarray
        float32 of the image's shape, one per view.
    """
    padded = to_steps(image)
    if tile is None:
        tile = _largest(padded.shape, generator.width, how)
    for view in views:
        seen = np.ascontiguousarray(view.apply(padded))
        made = view.undo(_translate(generator, seen, source, tuple(tile), moments, how))
        yield made[tuple(slice(n) for n in image.shape)]


def _translate(
    generator: Translator,
    image: np.ndarray,
    source: int,
    tile: tuple[int, ...],
    moments: Moments | None,
    how: TilingSettings,
) -> np.ndarray:
    overlap = overlap_of(tile, how)
    tiles = plan_tiles(image.shape, tile, overlap, GENERATOR_STRIDE)
    if len(tiles) == 1 and moments is None:
        return forward(generator, image[None], source, adain)[0]
    known = moments or measure_moments(generator, image.shape, image.__getitem__, source, how)
    if isinstance(generator, PlaneTranslator):
        return _translate_planes(generator, image, source, known, how)

    def pieces() -> Iterator[tuple[Tile, np.ndarray]]:
        for part in tiles:
            yield part, forward(generator, image[part.window][None], source, replaying(known))[0]

    return stitch(image.shape, pieces(), overlap)


def _translate_planes(
    generator: PlaneTranslator,
    volume: np.ndarray,
    source: int,
    moments: Moments,
    how: TilingSettings,
) -> np.ndarray:
    """Translate all planes across each axis, a few in one pass; too large ones in tiles."""
    network, layers = generator.generator, len(moments) // len(generator.axes)

    def across(number: int, axis: int) -> Tensor:
        part = moments[number * layers : (number + 1) * layers]
        flat = [(mean[..., 0], deviation[..., 0]) for mean, deviation in part]
        stack = np.moveaxis(volume, axis, 0)
        made = np.empty(stack.shape, np.float32)
        side = _largest(stack.shape[1:], generator.width, how)
        if max(side) < max(stack.shape[1:]):
            for plane, result in zip(stack, made, strict=True):
                result[:] = _translate(network, plane, source, side, flat, how)
        else:
            few = max(1, PASS_VALUES // generator.width // stack[0].size)
            for first in range(0, len(stack), few):
                planes = slice(first, first + few)
                made[planes] = forward(network, stack[planes], source, replaying(flat))
        return torch.from_numpy(np.moveaxis(made, 0, axis))

    joined = generator.join((across(*which) for which in enumerate(generator.axes)), source)
    return np.asarray(joined.numpy())


def pixels_drawn(
    shape: Sequence[int], width: int, how: TilingSettings, axes: Sequence[int] = ()
) -> tuple[int, int]:
    """Return the number of pixels that the network processes for one view of an image.

    Parameters
    ----------
    shape
        Shape of the image at the working scale.
    width
        Width of the network in channels.
    how
        How the image is cut.
    axes
        Axes across which the network sees planes, if it does.

    Returns
    -------
    drawn : int
        Pixels of all tiles, including overlap; of planes, the mean over the axes.
    measured : int
        Pixels of the windows on which statistics are measured; 0 if one pass is enough.
    """
    shape = whole_steps(shape)
    tile = _largest(shape, width, how)
    tiles = plan_tiles(shape, tile, overlap_of(tile, how), GENERATOR_STRIDE)
    if len(tiles) == 1:
        return math.prod(shape), 0
    drawn = sum(math.prod(t.size) for t in tiles)
    if axes:
        planes = [(shape[a], [n for k, n in enumerate(shape) if k != a]) for a in axes]
        every = [depth * pixels_drawn(plane, width, how)[0] for depth, plane in planes]
        drawn = sum(every) // len(axes)
    return drawn, pixels_measured(shape, width, how)


def _largest(shape: Sequence[int], width: int, how: TilingSettings) -> tuple[int, ...]:
    """Return the largest tile whose feature maps are small enough."""
    if np.prod(shape) * width <= how.whole[len(shape) - 2]:
        return (max(shape),) * len(shape)
    side = int((how.values / width) ** (1 / len(shape))) // GENERATOR_STRIDE * GENERATOR_STRIDE
    side = max(NETWORK_SIDE_MIN_PIXELS, min(how.tile[len(shape) - 2], side))
    return (side,) * len(shape)
