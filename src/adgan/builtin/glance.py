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

SIDE = {2: 208, 3: 64}
"""Working pixels of a window by rank: as much as a scene of the network's training, and more."""
COARSE = 256
"""Pixels along each side of the image in which windows are chosen, about."""


@dataclass(frozen=True)
class Glance:
    """What one window shows at one scale.

    Attributes
    ----------
    rank
        Of the image.
    nuclei, sure
        Those found, and the chance that each is right, 0 to 1.
    area
        Of the window, in working pixels or voxels.
    """

    rank: int
    nuclei: Described
    sure: np.ndarray
    area: float

    @property
    def explained(self) -> float:
        """How much of the window is surely explained, nuclei being more likely right than not.

        Nuclei count by a power of their radius between number and area or volume: neither specks
        nor one large region decide.
        """
        unit = UNIT[self.rank]
        weight = (self.nuclei.radius / unit) ** (0.75 * self.rank)
        believed = np.clip(2 * self.sure - 1, 0, 1)
        return float((believed * weight).sum() * unit**self.rank / self.area)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the smallest value that half of the weights do not exceed; nan of nothing."""
    if not len(values) or weights.sum() <= 0:
        return float("nan")
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])


def glance(
    network: Network, pixels: np.ndarray, window: Sequence[slice], scales: Sequence[float]
) -> Glance:
    """Look at a window of an image at one scale.

    Parameters
    ----------
    network
        With its doubt.
    pixels
        ``(Z) Y X``, native dtype, nuclei bright.
    window
        The part to look at.
    scales
        Working pixels per pixel along each axis.
    """
    image = to_working(pixels[tuple(window)], scales)
    seen = measure_light(image).apply(image)
    maps = network.maps(seen)
    labels = find_nuclei(maps)
    nuclei = describe(labels, maps, seen)
    assert network.doubt is not None
    return Glance(pixels.ndim, nuclei, network.doubt.sureness(nuclei), image.size)


def windows(
    pixels: np.ndarray, scales: Sequence[float], number: int, side: int | None = None
) -> list[tuple[slice, ...]]:
    """Return the windows in which most happens, at most `number`, apart from each other.

    Parameters
    ----------
    pixels
        ``(Z) Y X``.
    scales
        Working pixels per pixel along each axis.
    number
        Of windows; one where the image fits it.
    side
        Of a window, in working pixels; :data:`SIDE` when absent.
    """
    side = side or SIDE[pixels.ndim]
    sides = [min(n, int(np.ceil(side / s))) for n, s in zip(pixels.shape, scales, strict=True)]
    if all(s == n for s, n in zip(sides, pixels.shape, strict=True)):
        return [tuple(slice(0, n) for n in pixels.shape)]
    steps = [max(1, n // COARSE) for n in pixels.shape]
    coarse = pixels[tuple(slice(None, None, step) for step in steps)].astype(np.float32)
    coarse = ndimage.uniform_filter(coarse, 3)
    # A root keeps one bright speck from outweighing a field of dim nuclei.
    above = np.sqrt(np.clip(coarse - np.median(coarse), 0, None))
    reach = [max(1, s // step) for s, step in zip(sides, steps, strict=True)]
    busy = ndimage.uniform_filter(above, reach, mode="constant")
    chosen: list[tuple[slice, ...]] = []
    for _ in range(number):
        at = np.unravel_index(int(np.argmax(busy)), busy.shape)
        starts = [
            int(np.clip(a * step - s // 2, 0, n - s))
            for a, step, s, n in zip(at, steps, sides, pixels.shape, strict=True)
        ]
        chosen.append(tuple(slice(a, a + s) for a, s in zip(starts, sides, strict=True)))
        near = tuple(slice(max(0, int(a) - r), int(a) + r) for a, r in zip(at, reach, strict=True))
        busy[near] = -1
        if busy.max() <= 0:
            break
    return chosen
