"""Prepare an image for the network: normalise intensities, rescale, and even the brightness.

Intensities and evenness are measured once over the whole image and applied to any part of it. Every
part is on the same grid of working pixels, so that parts join without seams.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.image.even import Evenness, measure_evenness
from adgan.image.intensity import Levels, measure_levels
from adgan.image.prepare import Prepared
from adgan.image.scale import Window, rescale_window, working_shape
from adgan.io import Windowed
from adgan.recipe.groups import DataSettings


@dataclass(frozen=True)
class PartGrid:
    """Where an image is divided, and how much of it is measured and kept.

    Parameters
    ----------
    step
        Edges of parts are at multiples of this many working pixels: the networks halve sizes twice.
    growth
        Largest growth of a part, in working pixels, to align its edges with pixels of the image.
    measured
        Approximate number of voxels on which intensities are measured. An image of more is never
        read as a whole.
    kept
        Number of working pixels up to which the whole image is kept at that scale.
    """

    step: int = 4
    growth: int = 24
    measured: int = 2**26
    kept: int = 2**25


GRID = PartGrid()


@dataclass(frozen=True)
class Parts:
    """An image, parts of which are prepared on demand.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype, in memory or on the disk.
    shape
        Shape of the whole image at the working scale.
    scales
        Working pixels per pixel, per axis.
    levels
        Intensity normalisation.
    evenness
        Correction of the brightness (default: none).
    kept
        The whole image at the working scale, if it is not too large.
    """

    pixels: Windowed
    shape: tuple[int, ...]
    scales: tuple[float, ...]
    levels: Levels
    evenness: Evenness | None = None
    kept: np.ndarray | None = None

    @property
    def whole(self) -> Window:
        """The window of all working pixels."""
        return tuple(slice(0, n) for n in self.shape)

    def working(self, window: Window) -> np.ndarray:
        """Return a window at the working scale, float32, smoothed first if it is reduced."""
        if self.kept is not None:
            return self.kept[window]

        def bright(near: Window) -> np.ndarray:
            return self.levels.apply(self.pixels[near])

        return rescale_window(bright, self.pixels.shape, self.shape, window)

    def seen(self, window: Window) -> np.ndarray:
        """Return the input of the network for a window of working pixels, float32."""
        return self._even(self.working(window), window)

    def prepare(self, window: Window | None = None) -> Prepared:
        """Prepare a window in working pixels (default: all); `pixels` are those under it."""
        window = window or self.whole
        working = self.working(window)
        pixels = self.pixels[self.under(window)]
        return Prepared(pixels, working, self._even(working, window), self.levels, self.scales)

    def part(self, window: Window) -> tuple[Prepared, Window]:
        """Return the part that a window of the image needs, and the window within it."""
        working = self.aligned(self.over(window))
        ends = zip(window, self.under(working), strict=True)
        inner = tuple(slice(w.start - u.start, w.stop - u.start) for w, u in ends)
        return self.prepare(working), inner

    def under(self, window: Window) -> Window:
        """Return the window of image pixels that a window of working pixels covers."""
        sides = zip(window, self.shape, self.pixels.shape, strict=True)
        return tuple(slice(round(w.start * n / m), round(w.stop * n / m)) for w, m, n in sides)

    def over(self, window: Window) -> Window:
        """Return the window of working pixels that covers a window of the image."""
        sides = zip(window, self.shape, self.pixels.shape, strict=True)
        return tuple(slice(w.start * m // n, -(-w.stop * m // n)) for w, m, n in sides)

    def aligned(self, window: Window) -> Window:
        """Return a slightly larger window, aligned to the grids of the networks and the image."""
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
    how: DataSettings,
    reach: Sequence[float],
) -> Parts:
    """Measure an image as a whole, so that any part of it can be prepared.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype, in memory or on the disk.
    scales
        Working pixels per pixel, per axis.
    how
        Normalisation, see :func:`adgan.image.intensity.measure_levels` and
        :func:`adgan.image.even.measure_evenness`; without ``even`` the brightness is not changed.
    reach
        Standard deviation over which the brightness is evened, in working pixels per axis.
    """
    apart = math.ceil(math.prod(pixels.shape) / GRID.measured)  # every how many planes or rows
    every = (slice(None),) * (len(pixels.shape) - 1)
    levels = measure_levels(pixels[(slice(None, None, apart), *every)], how.percentiles, how.gamma)
    shape = working_shape(pixels.shape, scales)
    parts = Parts(pixels, shape, tuple(scales), levels)
    sizes = math.prod(pixels.shape), math.prod(shape)
    if sizes[0] <= GRID.measured and sizes[1] <= GRID.kept:
        parts = replace(parts, kept=parts.working(parts.whole))
    if how.even is None:
        return parts
    zoom = sizes[0] / sizes[1] if parts.kept is None else None
    return replace(parts, evenness=measure_evenness(parts.working, shape, reach, how, zoom))


def _aligned(face: int, way: int, working: int, own: int) -> int:
    """Move an edge outwards to the grid position that is closest to the edge of a pixel."""
    if not 0 < face < working:
        return face
    step = GRID.step
    first = face // step * step if way < 0 else -(-face // step) * step
    faces = range(first, first + way * GRID.growth, way * step)
    inside = [f for f in faces if 0 < f < working] or [0 if way < 0 else working]
    return min(inside, key=lambda f: abs(f * own / working - round(f * own / working)))
