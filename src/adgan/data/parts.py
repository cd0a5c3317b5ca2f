"""A large image prepared part by part, as the whole would be: for what is too large to be copied.

Intensities and evenness are measured once over the whole. Every part lies on the whole's grid of
working pixels, so that parts join without seams.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.data.even import Evenness, measure_evenness
from adgan.data.intensity import Levels, measure_levels
from adgan.data.prepare import Prepared
from adgan.data.scale import Window, rescale_window, working_shape
from adgan.io import Windowed

GRID = 4
"""Faces of parts lie on multiples of it, as the networks halve sizes twice."""
SLACK = 24
"""Working pixels by which a part may grow so that its faces fit those of the image's pixels."""
SAMPLE = 2**26
"""About as many voxels as intensities are measured on."""


@dataclass(frozen=True)
class Parts:
    """A large image of which parts are prepared when they are asked for.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype, in memory or on the disk.
    shape
        Sides of the whole at the working size.
    scales
        Working pixels per pixel along each axis.
    levels
        What brightens it.
    evenness
        What makes it even; where absent, brightness is left as it is.
    """

    pixels: Windowed
    shape: tuple[int, ...]
    scales: tuple[float, ...]
    levels: Levels
    evenness: Evenness | None = None

    def working(self, window: Window) -> np.ndarray:
        """Return a window at the working size, float32, smoothed first where it shrinks."""

        def bright(near: Window) -> np.ndarray:
            return self.levels.apply(self.pixels[near])

        return rescale_window(bright, self.pixels.shape, self.shape, window)

    def seen(self, window: Window) -> np.ndarray:
        """Return what the network sees in a window of working pixels, float32."""
        return self._even(self.working(window), window)

    def prepare(self, window: Window) -> Prepared:
        """Return a part, its window in working pixels; `pixels` are those under it."""
        working = self.working(window)
        pixels = self.pixels[self.under(window)]
        return Prepared(pixels, working, self._even(working, window), self.levels, self.scales)

    def part(self, window: Window) -> tuple[Prepared, Window]:
        """Return what a window of the image is segmented from, and where it lies in that."""
        working = self.aligned(self.over(window))
        ends = zip(window, self.under(working), strict=True)
        inner = tuple(slice(w.start - u.start, w.stop - u.start) for w, u in ends)
        return self.prepare(working), inner

    def under(self, window: Window) -> Window:
        """Return the pixels of the image under a window of working pixels."""
        sides = zip(window, self.shape, self.pixels.shape, strict=True)
        return tuple(slice(round(w.start * n / m), round(w.stop * n / m)) for w, m, n in sides)

    def over(self, window: Window) -> Window:
        """Return the working pixels over a window of the image, which they cover."""
        sides = zip(window, self.shape, self.pixels.shape, strict=True)
        return tuple(slice(w.start * m // n, -(-w.stop * m // n)) for w, m, n in sides)

    def aligned(self, window: Window) -> Window:
        """Return a window a little larger, on the grids of networks and image."""
        sides = zip(window, self.shape, self.pixels.shape, strict=True)
        return tuple(
            slice(_aligned(w.start, -1, m, n), _aligned(w.stop, 1, m, n)) for w, m, n in sides
        )

    def _even(self, working: np.ndarray, window: Window) -> np.ndarray:
        if self.evenness is None:
            return working
        return self.evenness.apply(working, [w.start for w in window])


def measure_parts(
    pixels: Windowed,
    scales: Sequence[float],
    percentiles: tuple[float, float],
    gamma: float,
    floor: float | None,
    reach: Sequence[float],
) -> Parts:
    """Measure a large image as a whole, so that it can be prepared part by part.

    Parameters
    ----------
    pixels, scales, percentiles, gamma, floor, reach
        As for :func:`adgan.data.prepare.prepare`.
    """
    apart = math.ceil(math.prod(pixels.shape) / SAMPLE)  # planes, or rows, of very large ones
    every = (slice(None),) * (len(pixels.shape) - 1)
    levels = measure_levels(pixels[(slice(None, None, apart), *every)], percentiles, gamma)
    shape = working_shape(pixels.shape, scales)
    parts = Parts(pixels, shape, tuple(scales), levels)
    if floor is None:
        return parts
    return replace(parts, evenness=measure_evenness(parts.working, shape, reach, floor))


def _aligned(face: int, way: int, working: int, own: int) -> int:
    """Move a face outwards to where, on the grid, it lies nearest to one of a pixel."""
    if not 0 < face < working:
        return face
    first = face // GRID * GRID if way < 0 else -(-face // GRID) * GRID
    faces = [f for f in range(first, first + way * SLACK, way * GRID) if 0 < f < working]
    inside = faces or [0 if way < 0 else working]
    return min(inside, key=lambda f: abs(f * own / working - round(f * own / working)))
