"""An image by the built-in model that fits into memory: as one window, which is all of it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch

from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.builtin.segmenting import Found, find, steadiness
from adgan.data.scale import Window, rescale


@dataclass(frozen=True)
class Whole:
    """An image that is segmented as one window, as :class:`adgan.builtin.broad.Broad` is as many.

    Attributes
    ----------
    network, pixels, reading, threshold, device
        As for :func:`find`.
    """

    network: Network
    pixels: np.ndarray
    reading: Reading
    threshold: float | None = None
    device: torch.device | None = None

    def measured(self) -> Self:
        """Return the same: its light is measured when it is segmented."""
        return self

    def find(self, window: Window) -> Found:
        """Find the nuclei of the image."""
        return find(self.network, self.pixels, self.reading, self.threshold, self.device)

    def soft(self, window: Window, found: Found) -> np.ndarray:
        """Return the foreground probability of the image's own pixels, float32."""
        return np.clip(rescale(found.maps.foreground, self.pixels.shape), 0, 1)

    def steady(self, window: Window, found: Found) -> float:
        """Return :func:`steadiness`."""
        return steadiness(self.network, self.pixels, self.reading, found, self.device)
