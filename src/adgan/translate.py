"""A whole image through the generator: in tiles with shared statistics, averaged over symmetries.

Statistics of AdaIN are those of the whole image where it fits one pass. Otherwise they are
measured once on tiles spread evenly over it, pooled, and every tile uses them.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from adgan.methods.adgan import Generator
from adgan.nn.adain import adain, measuring, replaying
from adgan.tiling import Tile, plan_tiles, stitch

TILE = {2: (768, 768), 3: (64, 96, 96)}
OVERLAP = {2: (64, 64), 3: (24, 32, 32)}
SAMPLES = 4
"""Tiles on which the statistics of a large image are measured."""


def translate(
    generator: Generator,
    image: np.ndarray,
    source: int,
    *,
    tile: Sequence[int] | None = None,
    symmetries: bool = True,
) -> np.ndarray:
    """Translate one image to the other domain.

    Parameters
    ----------
    generator
        On the device to use.
    image
        ``(Z) Y X`` in [-1, 1], at the working scale.
    source
        Domain of the image, ``IMAGE`` or ``MASK``.
    tile
        Largest part that goes through at once.
    symmetries
        Average over flips and quarter turns in the plane (8) rather than one pass.

    Returns
    -------
    numpy.ndarray
        float32 of the image's shape.
    """
    rank = image.ndim
    tile = tuple(tile or TILE[rank])
    total = np.zeros(image.shape, np.float32)
    moves = list(_symmetries())[: 8 if symmetries else 1]
    # Symmetries of an image have its statistics: they are measured on the first alone.
    moments: list[tuple[Tensor, Tensor]] = []
    for there, back in moves:
        total += back(_translate(generator, there(image), source, tile, moments))
    return total / len(moves)


def _translate(
    generator: Generator,
    image: np.ndarray,
    source: int,
    tile: tuple[int, ...],
    moments: list[tuple[Tensor, Tensor]],
) -> np.ndarray:
    overlap = tuple(min(o, t // 3) for o, t in zip(OVERLAP[image.ndim], tile, strict=True))
    tiles = plan_tiles(image.shape, tile, overlap)
    if len(tiles) == 1:
        return _forward(generator, [image], source, None)[0]
    if not moments:
        chosen = tiles[:: max(1, len(tiles) // SAMPLES)]
        _forward(generator, [image[t.window] for t in chosen], source, moments)

    def pieces() -> Iterator[tuple[Tile, np.ndarray]]:
        for part in tiles:
            yield part, _forward(generator, [image[part.window]], source, moments)[0]

    return stitch(image.shape, pieces(), overlap)


@torch.inference_mode()
def _forward(
    generator: Generator,
    parts: Sequence[np.ndarray],
    source: int,
    moments: list[tuple[Tensor, Tensor]] | None,
) -> np.ndarray:
    """Run parts of one shape as a batch; empty `moments` are measured, filled ones used."""
    x = np.stack(parts)[:, None]
    # The networks halve twice: sides are brought to multiples of 4, and to the least size
    # that their reflection can pad.
    short = [(0, max(-n % 4, 16 - n)) for n in x.shape[2:]]
    padded = np.pad(x, [(0, 0), (0, 0), *short], mode="symmetric")
    device = next(generator.parameters()).device
    norm = adain if moments is None else replaying(moments) if moments else measuring(moments)
    y = generator.translate(torch.from_numpy(padded).to(device), source, norm)
    return y[:, 0].cpu().numpy()[(slice(None), *(slice(n) for n in x.shape[2:]))]


Move = Callable[[np.ndarray], np.ndarray]


def _symmetries() -> Iterator[tuple[Move, Move]]:
    """The eight symmetries of the last two axes, each with its inverse."""
    for quarters, flip in itertools.product(range(4), (False, True)):

        def there(a: np.ndarray, quarters: int = quarters, flip: bool = flip) -> np.ndarray:
            turned = np.rot90(a, quarters, axes=(-2, -1))
            return np.ascontiguousarray(turned[..., ::-1] if flip else turned)

        def back(a: np.ndarray, quarters: int = quarters, flip: bool = flip) -> np.ndarray:
            return np.rot90(a[..., ::-1] if flip else a, -quarters, axes=(-2, -1))

        yield there, back
