"""The statistics of a large image that its tiles share.

They are measured beforehand on batches of windows, each batch going through layer after layer as
a small image of its own with its share of dark and bright windows; what the batches find is
pooled. Up to a size the windows are the whole image, beyond it a sample. (Measuring tile by tile
with the statistics of an earlier round does not settle: each layer needs the final ones of those
before it.)
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from adgan.data.scale import NETWORK_SIDE_MIN_PIXELS
from adgan.methods.translator import Translator
from adgan.nn.adain import Norm, measuring
from adgan.nn.grid import GENERATOR_STRIDE
from adgan.tiling import Tile, plan_tiles

NUMBERS = 2**24
"""Numbers of the largest feature map (64 MiB); up to ten are held at once."""
WINDOW = {2: 256, 3: 64}
"""Side of the windows on which statistics are measured."""
BATCHES = 4
"""Most batches of windows that are measured."""
OVERLAP = {2: 64, 3: 32}
"""Of tiles and of windows; half of it, what lies further changes nothing that counts."""
Moments = list[tuple[Tensor, Tensor]]
"""Mean and standard deviation of each AdaIN layer."""


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
        As for :func:`adgan.translate.translate`.
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
        forward(generator, np.stack([window_of(w.window) for w in batch]), source, norm)
        parts.append(moments)
    shares = [sum(weights[k::batches]) / len(windows) for k in range(batches)]
    return [_pool(layer, shares) for layer in zip(*parts, strict=True)]


def pixels_measured(shape: Sequence[int], width: int) -> int:
    """Return how many pixels :func:`measure_moments` looks at."""
    windows, many = _windows(whole_steps(shape), width)
    return min(len(windows), many * BATCHES) * int(np.prod(windows[0].size))


def _windows(shape: Sequence[int], width: int) -> tuple[list[Tile], int]:
    """Return windows that cover an image, and how many of them are measured at once."""
    size = (WINDOW[len(shape)],) * len(shape)
    windows = plan_tiles(shape, size, overlap_of(size), GENERATOR_STRIDE)
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
def forward(generator: Translator, parts: np.ndarray, source: int, norm: Norm) -> np.ndarray:
    """Run parts ``B (Z) Y X`` as one batch."""
    device = next(generator.parameters()).device
    x = torch.from_numpy(np.ascontiguousarray(parts[:, None])).to(device)
    return generator.translate(x, source, norm)[:, 0].cpu().numpy()


def to_steps(image: np.ndarray) -> np.ndarray:
    """Continue an image to whole steps, and to the least size that the networks can reflect."""
    sides = zip(image.shape, whole_steps(image.shape), strict=True)
    return np.pad(image, [(0, whole - n) for n, whole in sides], mode="symmetric")


def whole_steps(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of :func:`to_steps`."""
    return tuple(max(NETWORK_SIDE_MIN_PIXELS, n + -n % GENERATOR_STRIDE) for n in shape)


def overlap_of(tile: Sequence[int]) -> tuple[int, ...]:
    """Return the overlap of tiles or windows of a size, less for small ones."""
    step, most = GENERATOR_STRIDE, OVERLAP[len(tile)]
    return tuple(min(most, side // 3 // step * step) for side in tile)
