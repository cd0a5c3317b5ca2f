"""Segment a large image with the built-in model window by window, as if it were one window."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from skimage.measure import block_reduce

from adgan.builtin.decoding import DECODING
from adgan.builtin.network import Network
from adgan.builtin.normalisation_grid import NormalisationGrid, measure_normalisation_grid
from adgan.builtin.reading import Reading
from adgan.builtin.resample import blocks_of, labels_at, shape_at
from adgan.builtin.segmenting import Found, find_in
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window, rescale_window
from adgan.io.windowed import Windowed
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1

BLOCK_BYTES_PER_PIXEL = 120
"""Memory of a block while it is segmented, in bytes per working pixel."""


@dataclass(frozen=True)
class LargeImage:
    """A large image as the built-in model sees it.

    Attributes
    ----------
    network
        The built-in network with its confidence model.
    pixels
        The image, in memory or on disk.
    reading
        Polarity and scale of the whole image.
    threshold, device
        See :func:`adgan.builtin.segmenting.find`.
    normalisation
        Intensity levels of the image at the working size; None until they are measured.
    """

    network: Network
    pixels: Windowed
    reading: Reading
    threshold: float | None = None
    device: torch.device | None = None
    normalisation: NormalisationGrid | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image."""
        return self.pixels.shape

    def measured(self) -> Self:
        """Return a copy with measured intensity levels; the reading must not be empty."""
        return replace(self, normalisation=measure_normalisation_grid(self.working, self.small))

    def find(self, window: Window) -> Found:
        """Find the nuclei of a window."""
        assert self.normalisation is not None
        inner = self._over(window)
        working = self.working(inner)
        seen = self.normalisation.over(inner).apply(working)
        places = self._places(window)

        def enlarged(small: np.ndarray, foreground: np.ndarray, threshold: float) -> np.ndarray:
            return labels_at(small, foreground, places, threshold)

        return find_in(self.network, working, seen, enlarged, self.threshold, self.device)

    def probability(self, window: Window, found: Found) -> np.ndarray:
        """Return the foreground probability at the image's own pixel size, float32."""
        return np.clip(interpolate(found.maps.foreground, self._places(window)), 0, 1)

    def stability(self, window: Window, found: Found) -> float:
        """Return :func:`adgan.builtin.segmenting.measure_stability` of a window."""
        assert self.normalisation is not None
        scale = DECODING[len(self.shape)].stability_scale
        coarser = replace(
            self,
            reading=replace(self.reading, diameter=self.reading.diameter / scale),
            normalisation=replace(
                self.normalisation, sides=tuple(scale * s for s in self.normalisation.sides)
            ),
            threshold=None,
        )
        return f1(count_overlap(found.labels, coarser.find(window).labels))

    @property
    def small(self) -> tuple[int, ...]:
        """Shape of the whole image at the working size."""
        return tuple(shape_at(self.shape, self.reading.scales))

    def working(self, window: Window) -> np.ndarray:
        """Return a window at the working size with bright nuclei, float32.

        The pixels are those of :func:`adgan.builtin.resample.to_working` for the whole image.
        """
        blocks = blocks_of(self.shape, self.small)
        halved = [n // b for n, b in zip(self.shape, blocks, strict=True)]

        def halves(near: Window) -> np.ndarray:
            part = self.pixels[
                tuple(slice(w.start * b, w.stop * b) for w, b in zip(near, blocks, strict=True))
            ].astype(np.float32)
            return block_reduce(part, blocks, np.mean) if max(blocks) > 1 else part

        part = rescale_window(halves, halved, self.small, window)
        return -part if self.reading.inverted else part

    def _over(self, window: Window) -> Window:
        """Return the window of working pixels that covers a window of the image."""
        step = self.network.stride
        sides = zip(window, self.shape, self.small, strict=True)
        return tuple(
            slice(w.start * m // n // step * step, min(m, -(-w.stop * m // n // step) * step))
            for w, n, m in sides
        )

    def _places(self, window: Window) -> list[np.ndarray]:
        """Return the positions of a window's pixels in the working window that covers it."""
        sides = zip(window, self._over(window), self.shape, self.small, strict=True)
        return [(np.arange(w.start, w.stop) + 0.5) * m / n - 0.5 - o.start for w, o, n, m in sides]


def read_large_image(
    read: Callable[[np.ndarray], Reading], pixels: Windowed, windows: Sequence[Window]
) -> Reading:
    """Estimate polarity and scale of a large image from a few of its windows.

    Parameters
    ----------
    read
        Estimates them for one window.
    pixels
        The image.
    windows
        The windows to read, those with most structure.

    Returns
    -------
    Reading
        The median over the windows that agree on the polarity; empty if no window shows nuclei.
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


def bytes_per_pixel(reading: Reading) -> float:
    """Return the memory of a block in bytes per pixel of the image, for maps and labels."""
    return BLOCK_BYTES_PER_PIXEL * math.prod(reading.scales) + 24
