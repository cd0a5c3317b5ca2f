"""Even brightness over an image, so that the network detects dim nuclei like bright ones.

The gain follows the local contrast to the background over a few nuclei. It only helps to find
nuclei: their boundaries are measured in the original image.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from adgan.image.enlarge import block_sums, interpolate
from adgan.recipe.groups import DataSettings


@dataclass(frozen=True)
class EvennessSampling:
    """How finely the brightness of an image is measured.

    Parameters
    ----------
    block
        Side of a block with one gain, in standard deviations of the neighbourhood.
    planes
        Number of planes (in 2D rows) on which percentiles of large images are measured.
    slab
        Approximate number of pixels that are processed at once.
    """

    block: float = 0.25
    planes: int = 33
    slab: int = 2**22

    def windows(self, shape: Sequence[int], whole: bool) -> list[tuple[slice, ...]]:
        """Return the windows on which percentiles are measured, perhaps the whole image."""
        first, *others = shape
        rest = [slice(0, n) for n in others]
        if whole:
            return [(slice(0, first), *rest)]
        some = np.unique(np.linspace(0, first - 1, self.planes).astype(int)).tolist()
        return [(slice(z, z + 1), *rest) for z in some]


SAMPLING = EvennessSampling()


@dataclass(frozen=True)
class Evenness:
    """A correction of the brightness, measured on an image and applied to any part of it.

    It divides the contrast to the background by its local strength.

    Parameters
    ----------
    background
        Intensity that the gain does not change, 0 to 1.
    gain
        One value per block of pixels, as the gain varies slowly.
    blocks
        Side lengths of a block in pixels.
    top
        Intensity that is mapped to 1.
    """

    background: float
    gain: np.ndarray
    blocks: tuple[int, ...]
    top: float

    def apply(self, part: np.ndarray, start: Sequence[int]) -> np.ndarray:
        """Even the brightness of a part of the image that starts at pixel `start`; float32."""
        lifted = self._lift(part, start)
        return np.asarray(2 * np.clip(lifted / self.top, 0, 1) - 1, np.float32)

    def _lift(self, part: np.ndarray, start: Sequence[int]) -> np.ndarray:
        sides = zip(start, part.shape, self.blocks, strict=True)
        places = [(np.arange(a, a + n) + 0.5) / block - 0.5 for a, n, block in sides]
        unit = (part + 1) / 2
        return np.asarray(
            self.background + (unit - self.background) * interpolate(self.gain, places), np.float32
        )


def measure_evenness(
    part_of: Callable[[tuple[slice, ...]], np.ndarray],
    shape: Sequence[int],
    sigma: Sequence[float],
    how: DataSettings,
    zoom: float | None = None,
) -> Evenness | None:
    """Measure an image of any size, slab by slab.

    Parameters
    ----------
    part_of
        Returns a window of the image, float in [-1, 1].
    shape
        Shape of the image.
    sigma
        Standard deviation of the neighbourhood in pixels per axis: a few nucleus radii.
    how
        Percentiles, and the floor ``even``: the contrast added before dividing, as a fraction of
        that in bright regions. It limits the gain, so that background is not amplified to nuclei;
        large values have no effect. The background cancels out if the gain is uniform.
    zoom
        Pixels that are read for each pixel of a window; None if the whole image is in memory.

    Returns
    -------
    Evenness or None
        None if the image shows nothing but background.
    """
    low, _, top = how.even_percentiles
    rest = tuple(slice(0, n) for n in shape[1:])
    blocks = tuple(max(1, int(SAMPLING.block * s)) for s in sigma)
    windows = SAMPLING.windows(shape, whole=zoom is None)
    seen = [part_of(window) for window in windows]
    background = float(np.percentile((np.concatenate(seen) + 1) / 2, low))
    means = []
    read = blocks[0] * math.prod(shape[1:]) * max(1.0, zoom or 1.0)
    depth = max(1, int(SAMPLING.slab / read)) * blocks[0]
    for z in range(0, shape[0], depth):
        slab = part_of((slice(z, min(z + depth, shape[0])), *rest))
        squares = _squares((slab + 1) / 2, background)
        means.append(block_sums(squares, blocks) / block_sums(np.ones_like(squares), blocks))
    apart = [s / block for s, block in zip(sigma, blocks, strict=True)]
    gain = _gain(np.concatenate(means), apart, how)
    if gain is None:
        return None
    found = Evenness(background, gain, blocks, 1.0)
    lifted = [
        found._lift(part, [side.start for side in window])
        for part, window in zip(seen, windows, strict=True)
    ]
    values = np.concatenate(lifted)
    # A few bright pixels on exact black have no percentile above it.
    highest = float(np.percentile(values, top)) or float(values.max())
    return replace(found, top=highest) if highest > 0 else None


def _squares(unit: np.ndarray, background: float | np.floating) -> np.ndarray:
    """Return the squares of the contrast to the background."""
    return np.asarray(np.maximum(unit - background, 0) ** 2)


def _gain(squares: np.ndarray, sigma: Sequence[float], how: DataSettings) -> np.ndarray | None:
    """Return the gain relative to its minimum, or None if everything is background."""
    local = np.sqrt(ndimage.gaussian_filter(squares, sigma))
    bright, floor = np.percentile(local, how.even_percentiles[1]), how.even or 0.0
    if bright <= 0:
        return None
    gain = (1 + floor) * bright / (local + floor * bright)
    return np.asarray(gain / gain.min())
