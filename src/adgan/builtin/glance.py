"""A part of an image at one scale, and the nuclei that the built-in model sees in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.doubt import Described, describe
from adgan.builtin.light import measure_light
from adgan.builtin.network import Network
from adgan.builtin.resample import to_working
from adgan.builtin.targets import UNIT
from adgan.instances.votes import find_nuclei

SIDE = 208
"""Working pixels of a window: as much as a scene of the network's training, and a little more."""
COARSE = 64
"""Pixels along the longer side of the image in which the windows are chosen."""


@dataclass(frozen=True)
class Glance:
    """What one window shows at one scale.

    Attributes
    ----------
    scale
        Working pixels per pixel of the image.
    nuclei, sure
        Those found, and the chance that each is right, 0 to 1.
    area
        Of the window, in working pixels.
    """

    scale: float
    nuclei: Described
    sure: np.ndarray
    area: float

    @property
    def explained(self) -> float:
        """How much of the window is surely explained, nuclei being more likely right than not.

        Nuclei count by a power of their radius between number and area: neither specks nor one
        large region decide.
        """
        weight = (self.nuclei.radius / UNIT) ** 1.5
        believed = np.clip(2 * self.sure - 1, 0, 1)
        return float((believed * weight).sum() * UNIT**2 / self.area)


def weighted_median(values: np.ndarray, weights: np.ndarray, share: float = 0.5) -> float:
    """Return the smallest value that `share` of the weights do not exceed; nan of nothing."""
    if not len(values) or weights.sum() <= 0:
        return float("nan")
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, share * total[-1])])


def glance(network: Network, pixels: np.ndarray, window: Sequence[slice], scale: float) -> Glance:
    """Look at a window of an image at one scale.

    Parameters
    ----------
    network
        With its doubt.
    pixels
        ``(Z) Y X``, native dtype, nuclei bright.
    window
        The part to look at.
    scale
        Working pixels per pixel.
    """
    image = to_working(pixels[tuple(window)], (scale,) * pixels.ndim)
    seen = measure_light(image).apply(image)
    maps = network.maps(seen)
    labels = find_nuclei(maps)
    nuclei = describe(labels, maps, seen)
    assert network.doubt is not None
    return Glance(scale, nuclei, network.doubt.sureness(nuclei), image.size)


def windows(
    pixels: np.ndarray, scale: float, number: int, side: int = SIDE
) -> list[tuple[slice, ...]]:
    """Return the windows in which most happens, at most `number`, apart from each other.

    Parameters
    ----------
    pixels
        ``(Z) Y X``.
    scale
        Working pixels per pixel.
    number
        Of windows; one where the image fits it.
    side
        Of a window, in working pixels.
    """
    sides = [min(n, int(np.ceil(side / scale))) for n in pixels.shape]
    if all(s == n for s, n in zip(sides, pixels.shape, strict=True)):
        return [tuple(slice(0, n) for n in pixels.shape)]
    step = max(1, max(pixels.shape) // (4 * COARSE))
    coarse = pixels[(slice(None, None, step),) * pixels.ndim].astype(np.float32)
    coarse = ndimage.uniform_filter(coarse, 3)
    # A root keeps one bright speck from outweighing a field of dim nuclei.
    above = np.sqrt(np.clip(coarse - np.median(coarse), 0, None))
    reach = [max(1, s // step) for s in sides]
    busy = ndimage.uniform_filter(above, reach, mode="constant")
    chosen: list[tuple[slice, ...]] = []
    for _ in range(number):
        at = np.unravel_index(int(np.argmax(busy)), busy.shape)
        starts = [
            int(np.clip(a * step - s // 2, 0, n - s))
            for a, s, n in zip(at, sides, pixels.shape, strict=True)
        ]
        chosen.append(tuple(slice(a, a + s) for a, s in zip(starts, sides, strict=True)))
        near = tuple(slice(max(0, int(a) - r), int(a) + r) for a, r in zip(at, reach, strict=True))
        busy[near] = -1
        if busy.max() <= 0:
            break
    return chosen
