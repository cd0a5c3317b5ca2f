"""A large image by the built-in model, window by window, as the whole would be."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import ndimage
from skimage.measure import block_reduce

from adgan.builtin.light import (
    BLOCK,
    ENOUGH,
    FLAT,
    Light,
    changes,
    grid_of,
    neighbourhood,
    settled,
    span_of,
)
from adgan.builtin.network import Network
from adgan.builtin.resample import blocks_of, labels_at, shape_at
from adgan.builtin.segmenting import COARSER, Found, find_in
from adgan.builtin.survey import Reading
from adgan.enlarge import interpolate
from adgan.io.windows import Windowed
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.piecewise import Seen, Window

HALO = {2: 4.5, 3: 2.5}
"""Usual diameters, by rank, that a block sees beyond its core: most of a very large nucleus, and as
much around it as the network looks at."""
NEAR = 0.15
"""Usual diameters by which two blocks may differ on where the middle of a nucleus is."""
BYTES = 120
"""Bytes per working pixel that a block holds while it is segmented."""
AT_ONCE = 2**23
"""Working pixels that the light is measured in at a time."""
REACH = 4.0
"""Standard deviations that smoothing reaches."""


@dataclass(frozen=True)
class Lights:
    """The light of each neighbourhood of an image, from which that of any window follows.

    Attributes
    ----------
    low, high
        Levels, one a neighbourhood.
    sides
        Working pixels of a neighbourhood.
    """

    low: np.ndarray
    high: np.ndarray
    sides: tuple[float, ...]

    def over(self, window: Window) -> Light:
        """Return the light of a window of working pixels."""
        places = [
            (np.arange(w.start, w.stop) + 0.5) / side - 0.5
            for w, side in zip(window, self.sides, strict=True)
        ]
        return Light(interpolate(self.low, places), interpolate(self.high, places))


@dataclass(frozen=True)
class Broad:
    """A large image as the built-in model sees it, a :class:`adgan.piecewise.Sight`.

    Attributes
    ----------
    network
        The built-in one, with its doubt.
    pixels
        The image, in memory or on the disk.
    reading
        Sign and scale of the whole.
    lights
        Its light at the working size.
    threshold, device
        As for :func:`adgan.builtin.segmenting.find`.
    probability, confidence
        Whether they are asked for.
    """

    network: Network
    pixels: Windowed
    reading: Reading
    lights: Lights
    threshold: float | None = None
    device: torch.device | None = None
    probability: bool = False
    confidence: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.pixels.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        halo = HALO[len(self.shape)] * self.reading.diameter
        return tuple(math.ceil(2 * halo / step) for step in self.reading.spacing)

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        return tuple(NEAR * self.reading.diameter / step for step in self.reading.spacing)

    def segment(self, window: Window) -> Seen:
        """Find the nuclei of a window, as the whole image would show them."""
        found = self.find(window)
        seen = Seen(found.labels)
        if self.probability:
            drawn = interpolate(found.maps.foreground, self._places(window))
            seen = replace(seen, soft=np.clip(drawn, 0, 1))
        if self.confidence:
            missed = max(0.0, found.expected - float(found.sure.sum()))
            steady = self.steady(window, found)
            seen = replace(seen, sure=found.sure, missed=missed, steady=steady)
        return seen

    def find(self, window: Window) -> Found:
        """Find the nuclei of a window, and say what the network saw."""
        inner = self._over(window)
        working = self.working(inner)
        seen = self.lights.over(inner).apply(working)
        places = self._places(window)

        def enlarged(small: np.ndarray, foreground: np.ndarray, threshold: float) -> np.ndarray:
            return labels_at(small, foreground, places, threshold)

        return find_in(self.network, working, seen, enlarged, self.threshold, self.device)

    def steady(self, window: Window, found: Found) -> float:
        """Return :func:`adgan.builtin.segmenting.steadiness` of a window."""
        coarser = replace(
            self,
            reading=replace(self.reading, diameter=self.reading.diameter / COARSER),
            lights=replace(self.lights, sides=tuple(COARSER * s for s in self.lights.sides)),
            threshold=None,
        )
        return f1(count_overlap(found.labels, coarser.find(window).labels))

    @property
    def small(self) -> tuple[int, ...]:
        """Shape of the whole at the working size."""
        return tuple(shape_at(self.shape, self.reading.scales))

    def working(self, window: Window) -> np.ndarray:
        """Return a window at the working size, nuclei bright, float32.

        The same as :func:`adgan.builtin.resample.to_working` makes of the whole.
        """
        blocks = blocks_of(self.shape, self.small)
        halved = [n // b for n, b in zip(self.shape, blocks, strict=True)]
        sides = list(zip(window, self.small, halved, strict=True))
        sigmas = [max(0.0, (n / m - 1) / 2) for _, m, n in sides]
        places = [
            np.clip((np.arange(w.start, w.stop) + 0.5) * n / m - 0.5, 0, n - 1) for w, m, n in sides
        ]
        near = [
            slice(max(0, int(p[0] - REACH * s) - 1), min(n, int(p[-1] + REACH * s) + 3))
            for p, s, n in zip(places, sigmas, halved, strict=True)
        ]
        part = self.pixels[
            tuple(slice(w.start * b, w.stop * b) for w, b in zip(near, blocks, strict=True))
        ].astype(np.float32)
        if max(blocks) > 1:
            part = block_reduce(part, blocks, np.mean)
        if max(sigmas) * REACH >= 0.5:  # else no neighbour has a weight
            part = ndimage.gaussian_filter(part, sigmas, mode="mirror", truncate=REACH)
        part = interpolate(part, [p - w.start for p, w in zip(places, near, strict=True)])
        return -part if self.reading.inverted else part

    def _over(self, window: Window) -> Window:
        """Return the working pixels over a window."""
        step = self.network.stride
        sides = zip(window, self.shape, self.small, strict=True)
        return tuple(
            slice(w.start * m // n // step * step, min(m, -(-w.stop * m // n // step) * step))
            for w, n, m in sides
        )

    def _places(self, window: Window) -> list[np.ndarray]:
        """Return where a window's pixels lie among the working pixels over it."""
        sides = zip(window, self._over(window), self.shape, self.small, strict=True)
        return [(np.arange(w.start, w.stop) + 0.5) * m / n - 0.5 - o.start for w, o, n, m in sides]


def measure_broad(
    network: Network,
    pixels: Windowed,
    reading: Reading,
    threshold: float | None = None,
    device: torch.device | None = None,
    probability: bool = False,
    confidence: bool = False,
) -> Broad:
    """Measure the light of a large image, so that any window of it can be segmented.

    Parameters
    ----------
    network, pixels, reading, threshold, device, probability, confidence
        As :class:`Broad` has them; the image not an empty one.
    """
    nothing = np.zeros((1,) * len(pixels.shape))
    plain = Lights(nothing, nothing, (1.0,) * len(pixels.shape))
    broad = Broad(network, pixels, reading, plain, threshold, device, probability, confidence)
    return replace(broad, lights=measure_lights(broad.working, broad.small))


def measure_lights(part_of: Callable[[Window], np.ndarray], shape: Sequence[int]) -> Lights:
    """Measure what :func:`adgan.builtin.light.measure_light` does, in bounded memory.

    Parameters
    ----------
    part_of
        Returns a window of the image at the working size.
    shape
        Of the image.
    """
    grid = grid_of(shape)
    for everything in (False, True):  # where hardly anything changes, all counts
        spans, changing, pixels = np.full((2, *grid), np.nan), 0, 0
        for places in _groups(grid):
            windows = [neighbourhood(place, shape, grid) for place in places]
            reach = _around(windows, shape)
            part = part_of(reach)
            moves = np.ones(part.shape, bool) if everything else changes(part)
            for place, window in zip(places, windows, strict=True):
                inner: Window = tuple(
                    slice(w.start - r.start, w.stop - r.start)
                    for w, r in zip(window, reach, strict=True)
                )
                spans[0][place], spans[1][place] = span_of(part[inner], moves[inner])
                changing += int(np.count_nonzero(moves[inner]))
                pixels += part[inner].size
        if changing >= ENOUGH * pixels and not np.isnan(spans).all():
            break
    low, high = settled(spans)
    return Lights(low, high, tuple(n / g for n, g in zip(shape, grid, strict=True)))


def _groups(grid: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield the places of a grid, so many neighbours at a time as may be held."""
    side = max(1, int(AT_ONCE ** (1 / len(grid)) / BLOCK[len(grid)]))
    for corner in np.ndindex(*(-(-g // side) for g in grid)):
        ranges = (
            range(c * side, min((c + 1) * side, g)) for c, g in zip(corner, grid, strict=True)
        )
        yield list(itertools.product(*ranges))


def _around(windows: Sequence[Window], shape: Sequence[int]) -> Window:
    """Return the window around windows, and what change is told from around them."""
    return tuple(
        slice(max(0, min(w.start for w in axis) - FLAT), min(n, max(w.stop for w in axis) + FLAT))
        for axis, n in zip(zip(*windows, strict=True), shape, strict=True)
    )


def read_broad(
    read: Callable[[np.ndarray], Reading], pixels: Windowed, windows: Sequence[Window]
) -> Reading:
    """Look at a large image: sign and scale from windows in which much happens.

    Parameters
    ----------
    read
        Looks at one window.
    pixels
        The image.
    windows
        Where to look.

    Returns
    -------
    Reading
        The median of those that agree on the sign; an empty one where nothing is seen.
    """
    readings = [read(pixels[window]) for window in windows]
    seen = [reading for reading in readings if not reading.empty]
    if not seen:
        return readings[0]
    dark = sum(r.explained for r in seen if r.inverted) > sum(
        r.explained for r in seen if not r.inverted
    )
    alike = sorted((r for r in seen if r.inverted == dark), key=lambda reading: reading.diameter)
    return alike[len(alike) // 2]


def bytes_of(reading: Reading) -> float:
    """Return the bytes that a block holds for each pixel of the image, maps and labels."""
    return BYTES * math.prod(reading.scales) + 24
