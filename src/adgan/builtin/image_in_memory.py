"""Segment an image that fits into memory with the built-in model, as one window."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch

from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.builtin.segmenting import Found, find, measure_stability
from adgan.image.scale import Window, rescale


@dataclass(frozen=True)
class ImageInMemory:
    """An image in one window, with the methods of :class:`adgan.builtin.large_image.LargeImage`.

    Attributes
    ----------
    network, pixels, reading, threshold, device
        See :func:`adgan.builtin.segmenting.find`.
    """

    network: Network
    pixels: np.ndarray
    reading: Reading
    threshold: float | None = None
    device: torch.device | None = None

    def measured(self) -> Self:
        """Return the image unchanged, as :meth:`find` measures its intensity levels."""
        return self

    def find(self, window: Window) -> Found:
        """Find the nuclei of the image."""
        return find(self.network, self.pixels, self.reading, self.threshold, self.device)

    def probability(self, window: Window, found: Found) -> np.ndarray:
        """Return the foreground probability at the image's own pixel size, float32."""
        return np.clip(rescale(found.maps.foreground, self.pixels.shape), 0, 1)

    def stability(self, window: Window, found: Found) -> float:
        """Return :func:`adgan.builtin.segmenting.measure_stability` of the image."""
        return measure_stability(self.network, self.pixels, self.reading, found, self.device)
