"""The network statistics of a large image, which all its tiles share.

They are measured first, on batches of windows. Each batch passes all layers like a small image and
contains both dark and bright windows; the results of the batches are pooled. Up to a certain size,
the windows cover the whole image; above it, they are a sample. (Iterating over tiles with the
statistics of the previous round does not converge: each layer needs the final statistics of the
layers before it.)
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from adgan.image.scale import NETWORK_SIDE_MIN_PIXELS
from adgan.image.tiling import Tile, plan_tiles
from adgan.models.translator import Translator
from adgan.nn.adain import Norm, measuring
from adgan.nn.grid import GENERATOR_STRIDE
from adgan.recipe.tiling import TilingSettings

Moments = list[tuple[Tensor, Tensor]]
"""Mean and standard deviation of each AdaIN layer."""


def measure_moments(
    generator: Translator,
    shape: Sequence[int],
    window_of: Callable[[tuple[slice, ...]], np.ndarray],
    source: int,
    how: TilingSettings,
) -> Moments:
    """Measure the statistics of every AdaIN layer over an image, in bounded memory.

    Parameters
    ----------
    generator, source
        As for :func:`adgan.models.translate.translate`.
    shape
        Shape of the image, with sides that are multiples of 4.
    window_of
        Returns a window of the image.
    how
        Size and number of the windows.

    Returns
    -------
    list
        One (mean, standard deviation) pair of ``1 C 1 1 (1)`` per layer, in order of use.
    """
    windows, many = _windows(shape, generator.width, how)
    batches = min(how.batches, math.ceil(len(windows) / many))
    # Windows are sorted by brightness and grouped; the middle one represents its group, or in
    # groups of two, the brighter and the darker by turns. Every batch contains all brightnesses.
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
        forward(generator, np.stack([window_of(w.window) for w in batch]), source, norm)
        parts.append(moments)
    shares = [sum(weights[k::batches]) / len(windows) for k in range(batches)]
    return [_pool(layer, shares) for layer in zip(*parts, strict=True)]


def pixels_measured(shape: Sequence[int], width: int, how: TilingSettings) -> int:
    """Return the number of pixels on which :func:`measure_moments` measures."""
    windows, many = _windows(whole_steps(shape), width, how)
    return min(len(windows), many * how.batches) * int(np.prod(windows[0].size))


def _windows(shape: Sequence[int], width: int, how: TilingSettings) -> tuple[list[Tile], int]:
    """Return windows that cover an image, and the number of windows per batch."""
    size = (how.window[len(shape) - 2],) * len(shape)
    windows = plan_tiles(shape, size, overlap_of(size, how), GENERATOR_STRIDE)
    return windows, max(1, how.values // width // int(np.prod(windows[0].size)))


def _pool(parts: Sequence[tuple[Tensor, Tensor]], shares: Sequence[float]) -> tuple[Tensor, Tensor]:
    """Return the mean and standard deviation of all batches together."""
    mean = sum((s * m for s, (m, _) in zip(shares, parts, strict=True)), torch.zeros(()))
    variance = sum(
        (s * (d**2 + (m - mean) ** 2) for s, (m, d) in zip(shares, parts, strict=True)),
        torch.zeros(()),
    )
    return mean, variance.sqrt()


@torch.inference_mode()
def forward(generator: Translator, parts: np.ndarray, source: int, norm: Norm) -> np.ndarray:
    """Run parts ``B (Z) Y X`` as one batch."""
    device = next(generator.parameters()).device
    x = torch.from_numpy(np.ascontiguousarray(parts[:, None])).to(device)
    return generator.translate(x, source, norm)[:, 0].cpu().numpy()


def to_steps(image: np.ndarray) -> np.ndarray:
    """Pad an image to a multiple of the network's stride, and to its minimum size."""
    sides = zip(image.shape, whole_steps(image.shape), strict=True)
    return np.pad(image, [(0, whole - n) for n, whole in sides], mode="symmetric")


def whole_steps(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of :func:`to_steps`."""
    return tuple(max(NETWORK_SIDE_MIN_PIXELS, n + -n % GENERATOR_STRIDE) for n in shape)


def overlap_of(tile: Sequence[int], how: TilingSettings) -> tuple[int, ...]:
    """Return the overlap of tiles or windows of a given size, which is smaller for small ones."""
    step, most = GENERATOR_STRIDE, how.overlap[len(tile) - 2]
    return tuple(min(most, side // 3 // step * step) for side in tile)
