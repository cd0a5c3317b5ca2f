"""An image, or a part of one, as the networks and the decoding need it."""

from dataclasses import dataclass

import numpy as np

from adgan.image.intensity import Levels


@dataclass(frozen=True)
class Prepared:
    """An image in [-1, 1] at the working scale, and its original pixels.

    Attributes
    ----------
    pixels
        Those of the file, ``(Z) Y X``.
    working
        The normalised image at the working scale, float32 ``(Z) Y X``.
    seen
        The same with even brightness: the input of the network.
    levels
        Normalisation of the pixels; None if they are normalised already.
    scales
        Working pixels per pixel, per axis.
    """

    pixels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    levels: Levels | None
    scales: tuple[float, ...]

    @property
    def full(self) -> np.ndarray:
        """The normalised image at its original size, float32; computed on access, may be large."""
        return self.pixels if self.levels is None else self.levels.apply(self.pixels)

    @classmethod
    def at_working_size(cls, image: np.ndarray) -> "Prepared":
        """Wrap an image ``(Z) Y X`` in [-1, 1] that is already at the working scale."""
        return cls(image, image, image, None, (1.0,) * image.ndim)
