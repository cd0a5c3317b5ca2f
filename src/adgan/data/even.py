"""Brightness made even over an image, so that dim nuclei reach the network as bright ones do.

The gain follows the local contrast to the background over a few nuclei. It only serves to find
nuclei: where they end is measured in the image as it is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from adgan.enlarge import interpolate
from adgan.instances.boundary import block_sums

BACKGROUND = 20.0
"""Percentile that is taken for background; it cancels where the gain is the same everywhere."""
BRIGHT = 95.0
"""Percentile of the local contrast that counts as that of a bright place."""
TOP = 99.8
"""Percentile brought to 1 again, as the gain raises what is dim."""
BLOCK = 0.25
"""Side of a block, of which a large image has one gain each, in standard deviations."""
PLANES = 33
"""Planes of a large image on which percentiles are measured."""
SLAB = 2**22
"""About as many pixels of it as are looked at at once."""


def even(image: np.ndarray, sigma: float | Sequence[float], floor: float) -> np.ndarray:
    """Divide the contrast to the background by its local strength.

    Parameters
    ----------
    image
        Float ``(Z) Y X`` in [-1, 1].
    sigma
        Standard deviation of the neighbourhood in pixels, one or one an axis: a few radii of
        a nucleus.
    floor
        Contrast added before dividing, as a share of a bright place's. It bounds the gain, so
        that empty places do not turn into nuclei; large values change nothing.

    Returns
    -------
    numpy.ndarray
        float32 in [-1, 1], of the same shape.
    """
    unit = (image + 1) / 2
    background = np.percentile(unit, BACKGROUND)
    gain = _gain(_squares(unit, background), sigma, floor)
    if gain is None:
        return image.astype(np.float32, copy=False)
    lifted = background + (unit - background) * gain
    return (2 * np.clip(lifted / np.percentile(lifted, TOP), 0, 1) - 1).astype(np.float32)


@dataclass(frozen=True)
class Evenness:
    """What makes every part of a large image even as :func:`even` makes the whole.

    Parameters
    ----------
    background
        What the gain leaves as it is, 0 to 1.
    gain
        One value a block of pixels: it varies slowly.
    blocks
        Their sides.
    top
        What becomes 1.
    """

    background: float
    gain: np.ndarray
    blocks: tuple[int, ...]
    top: float

    def apply(self, part: np.ndarray, start: Sequence[int]) -> np.ndarray:
        """Make a part of the image even, which begins at the pixel `start`; float32."""
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
    floor: float,
) -> Evenness | None:
    """Measure an image that is too large to be held: a few planes, then slab after slab.

    Parameters
    ----------
    part_of
        Returns a window of the image, float in [-1, 1].
    shape
        Of the image.
    sigma, floor
        As for :func:`even`.

    Returns
    -------
    Evenness or None
        None where there is nothing to make even.
    """
    rest = tuple(slice(0, n) for n in shape[1:])
    blocks = tuple(max(1, int(BLOCK * s)) for s in sigma)
    some = np.unique(np.linspace(0, shape[0] - 1, PLANES).astype(int)).tolist()
    planes = [part_of((slice(z, z + 1), *rest)) for z in some]
    background = float(np.percentile((np.concatenate(planes) + 1) / 2, BACKGROUND))
    means = []
    depth = max(1, SLAB // (blocks[0] * math.prod(shape[1:]))) * blocks[0]
    for z in range(0, shape[0], depth):
        slab = part_of((slice(z, min(z + depth, shape[0])), *rest))
        squares = _squares((slab + 1) / 2, background)
        means.append(block_sums(squares, blocks) / block_sums(np.ones_like(squares), blocks))
    apart = [s / block for s, block in zip(sigma, blocks, strict=True)]
    gain = _gain(np.concatenate(means), apart, floor)
    if gain is None:
        return None
    found = Evenness(background, gain, blocks, 1.0)
    starts = [(z, *(0,) * len(rest)) for z in some]
    lifted = [found._lift(*pair) for pair in zip(planes, starts, strict=True)]
    return replace(found, top=float(np.percentile(np.concatenate(lifted), TOP)))


def _squares(unit: np.ndarray, background: float | np.floating) -> np.ndarray:
    """Return the squares of the contrast to the background."""
    return np.asarray(np.maximum(unit - background, 0) ** 2)


def _gain(squares: np.ndarray, sigma: float | Sequence[float], floor: float) -> np.ndarray | None:
    """Return the gain over the least one, or None where all is background."""
    local = np.sqrt(ndimage.gaussian_filter(squares, sigma))
    bright = np.percentile(local, BRIGHT)
    if bright <= 0:
        return None
    gain = (1 + floor) * bright / (local + floor * bright)
    return np.asarray(gain / gain.min())
