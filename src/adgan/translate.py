"""A whole image through the generator: in tiles with shared statistics.

AdaIN's statistics are those of the whole image where it fits one pass. A larger image is cut
into tiles that share one set of statistics, as each tile's own would turn the noise of an empty
tile into nuclei. They are measured beforehand on batches of windows, each batch going through
layer after layer as a small image of its own with its share of dark and bright windows; what
the batches find is pooled. Up to a size the windows are the whole image, beyond it a sample.
(Measuring tile by tile with the statistics of an earlier round does not settle: each layer needs
the final ones of those before it.)
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from adgan.data.scale import LEAST
from adgan.methods.base import Translator
from adgan.nn.adain import Norm, adain, measuring, replaying
from adgan.tiling import Tile, plan_tiles, stitch

NUMBERS = 2**24
"""Numbers of the largest feature map (64 MiB); up to ten are held at once."""
TILE = {2: 512, 3: 128}
"""Side of a tile; smaller feature maps are faster, as caches hold them."""
WINDOW = {2: 256, 3: 64}
"""Side of the windows on which statistics are measured."""
BATCHES = 4
"""Most batches of windows that are measured."""
OVERLAP = {2: 64, 3: 32}
"""Of tiles and of windows; half of it, what lies further changes nothing that counts."""
STEP = 4
"""The networks halve sizes twice."""
Moments = list[tuple[Tensor, Tensor]]
"""Mean and standard deviation of each AdaIN layer."""


@dataclass(frozen=True)
class View:
    """A symmetry of the last two axes: quarter turns, then perhaps a flip."""

    quarters: int
    flip: bool

    def apply(self, array: np.ndarray) -> np.ndarray:
        """Turn an array ``(Z) Y X``."""
        turned = np.rot90(array, self.quarters, axes=(-2, -1))
        return turned[..., ::-1] if self.flip else turned

    def undo(self, array: np.ndarray) -> np.ndarray:
        """Turn it back."""
        unflipped = array[..., ::-1] if self.flip else array
        return np.rot90(unflipped, -self.quarters, axes=(-2, -1))


VIEWS = tuple(View(quarters, flip) for quarters in range(4) for flip in (False, True))
"""The eight symmetries of the plane; the first changes nothing."""


def translate(
    generator: Translator,
    image: np.ndarray,
    source: int,
    *,
    tile: Sequence[int] | None = None,
    symmetries: bool = False,
    moments: Moments | None = None,
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
        Largest part that goes through at once, sides that are multiples of 4; by default
        the whole image if memory stays in bounds, else :data:`TILE`.
    symmetries
        Average over flips and quarter turns in the plane (8) rather than one pass.
    moments
        Statistics of a larger image that this one is a part of, see :func:`measure_moments`.

    Returns
    -------
    numpy.ndarray
        float32 of the image's shape.
    """
    moves = VIEWS if symmetries else VIEWS[:1]
    total = np.zeros(image.shape, np.float32)
    for view in translate_views(generator, image, source, moves, tile=tile, moments=moments):
        total += view
    return total / len(moves)


def translate_views(
    generator: Translator,
    image: np.ndarray,
    source: int,
    views: Iterable[View],
    *,
    tile: Sequence[int] | None = None,
    moments: Moments | None = None,
) -> Iterator[np.ndarray]:
    """Translate one image seen in several ways, each translation turned back.

    Parameters
    ----------
    generator, image, source, tile, moments
        As for :func:`translate`.
    views
        Some of :data:`VIEWS`.

    Yields
    ------
    numpy.ndarray
        float32 of the image's shape, one a view.
    """
    padded = to_steps(image)
    if tile is None:
        tile = _largest(padded.shape, generator.width)
    for view in views:
        seen = np.ascontiguousarray(view.apply(padded))
        made = view.undo(_translate(generator, seen, source, tuple(tile), moments))
        yield made[tuple(slice(n) for n in image.shape)]


def to_steps(image: np.ndarray) -> np.ndarray:
    """Continue an image to whole steps, and to the least size that the networks can reflect."""
    sides = zip(image.shape, whole_steps(image.shape), strict=True)
    return np.pad(image, [(0, whole - n) for n, whole in sides], mode="symmetric")


def whole_steps(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of :func:`to_steps`."""
    return tuple(max(LEAST, n + -n % STEP) for n in shape)


def _translate(
    generator: Translator,
    image: np.ndarray,
    source: int,
    tile: tuple[int, ...],
    moments: Moments | None,
) -> np.ndarray:
    overlap = _overlap(tile)
    tiles = plan_tiles(image.shape, tile, overlap, STEP)
    if len(tiles) == 1 and moments is None:
        return _forward(generator, image[None], source, adain)[0]
    known = moments or measure_moments(generator, image.shape, image.__getitem__, source)

    def pieces() -> Iterator[tuple[Tile, np.ndarray]]:
        for part in tiles:
            yield part, _forward(generator, image[part.window][None], source, replaying(known))[0]

    return stitch(image.shape, pieces(), overlap)


def measure_moments(
    generator: Translator,
    shape: Sequence[int],
    window_of: Callable[[tuple[slice, ...]], np.ndarray],
    source: int,
) -> Moments:
    """Measure the statistics of every AdaIN layer over an image, in bounded memory.

    Parameters
    ----------
    generator, source
        As for :func:`translate`.
    shape
        Of the image, its sides multiples of 4.
    window_of
        Returns a window of the image.

    Returns
    -------
    list
        One (mean, standard deviation) pair of ``1 C 1 1 (1)`` a layer, in order of use.
    """
    windows, many = _windows(shape, generator.width)
    batches = min(BATCHES, math.ceil(len(windows) / many))
    # From the darkest to the brightest, in groups of which the middle one stands for all; of
    # two, by turns the brighter and the darker. Every batch has its share of each brightness.
    cores = (tuple(slice(*ends) for ends in w.core) for w in windows)
    light = np.argsort([window_of(core).mean() for core in cores], kind="stable")
    groups = np.array_split(light, min(len(windows), many * batches))
    chosen = [windows[g[(len(g) - turn % 2) // 2]] for turn, g in enumerate(groups)]
    weights = [len(group) for group in groups]
    parts = []
    for k in range(batches):
        batch = chosen[k::batches]
        moments: Moments = []
        norm = measuring(moments, batch[0].size, [w.inner for w in batch], weights[k::batches])
        _forward(generator, np.stack([window_of(w.window) for w in batch]), source, norm)
        parts.append(moments)
    shares = [sum(weights[k::batches]) / len(windows) for k in range(batches)]
    return [_pool(layer, shares) for layer in zip(*parts, strict=True)]


def pixels_drawn(shape: Sequence[int], width: int) -> tuple[int, int]:
    """Return how many pixels go through the network for one view of an image.

    Parameters
    ----------
    shape
        Of the image, at the working scale.
    width
        Of the network.

    Returns
    -------
    drawn : int
        Those of all tiles, overlap and all.
    measured : int
        Those of the windows that its statistics are measured on; 0 where one pass is enough.
    """
    shape = whole_steps(shape)
    tile = _largest(shape, width)
    tiles = plan_tiles(shape, tile, _overlap(tile), STEP)
    drawn = sum(int(np.prod(t.size)) for t in tiles)
    return drawn, pixels_measured(shape, width) if len(tiles) > 1 else 0


def pixels_measured(shape: Sequence[int], width: int) -> int:
    """Return how many pixels :func:`measure_moments` looks at."""
    windows, many = _windows(whole_steps(shape), width)
    return min(len(windows), many * BATCHES) * int(np.prod(windows[0].size))


def _windows(shape: Sequence[int], width: int) -> tuple[list[Tile], int]:
    """Return windows that cover an image, and how many of them are measured at once."""
    size = (WINDOW[len(shape)],) * len(shape)
    windows = plan_tiles(shape, size, _overlap(size), STEP)
    return windows, max(1, NUMBERS // width // int(np.prod(windows[0].size)))


def _pool(parts: Sequence[tuple[Tensor, Tensor]], shares: Sequence[float]) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of all batches together."""
    mean = sum((s * m for s, (m, _) in zip(shares, parts, strict=True)), torch.zeros(()))
    variance = sum(
        (s * (d**2 + (m - mean) ** 2) for s, (m, d) in zip(shares, parts, strict=True)),
        torch.zeros(()),
    )
    return mean, variance.sqrt()


@torch.inference_mode()
def _forward(generator: Translator, parts: np.ndarray, source: int, norm: Norm) -> np.ndarray:
    """Run parts ``B (Z) Y X`` as one batch."""
    device = next(generator.parameters()).device
    x = torch.from_numpy(np.ascontiguousarray(parts[:, None])).to(device)
    return generator.translate(x, source, norm)[:, 0].cpu().numpy()


def _largest(shape: Sequence[int], width: int) -> tuple[int, ...]:
    """Return what goes through at once without a feature map beyond :data:`NUMBERS`."""
    if np.prod(shape) * width <= NUMBERS:
        return (max(shape),) * len(shape)
    side = int((NUMBERS / width) ** (1 / len(shape))) // STEP * STEP
    return (min(TILE[len(shape)], side),) * len(shape)


def _overlap(tile: Sequence[int]) -> tuple[int, ...]:
    return tuple(min(OVERLAP[len(tile)], side // 3 // STEP * STEP) for side in tile)
