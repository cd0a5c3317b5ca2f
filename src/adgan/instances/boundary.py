"""Where the light says the rim is: a coarse mask snapped to its image.

The network decides what is a nucleus, at a working scale of some ten pixels a radius; the image
decides where the nucleus ends, at full resolution. A rim is put where the intensity crosses a
fixed share of the step between the light just inside and just outside, measured around each
place, so that a dim nucleus beside a bright one keeps its own level. Intensities are square
roots (:mod:`adgan.data.intensity`), in which shot noise is even and half of a blurred step lies
close to where people draw outlines. Numpy only, any rank.
"""

import itertools
from collections.abc import Sequence

import cc3d
import edt
import numpy as np
from scipy import ndimage

from adgan.enlarge import enlarge

INSIDE = (0.1, 0.3)
"""Shell within the rim whose light counts as the nucleus, in nucleus radii."""
OUTSIDE = (0.15, 0.6)
"""Shell outside the rim whose light counts as background."""
WINDOW = 0.5
"""Standard deviation of the neighbourhood over which the two are averaged."""
FEW = 4.0
"""Pixels a radius below which a nucleus that the frame cuts may be one pixel deep."""
REACH = 0.35
"""How far the rim may move from the network's."""


def signed_depth(mask: np.ndarray, spacing: Sequence[float] | None = None) -> np.ndarray:
    """Return the distance to the rim of a mask, positive inside and negative outside.

    Parameters
    ----------
    mask
        Boolean ``(Z) Y X``.
    spacing
        Pixel size an axis; 1 when absent.

    Returns
    -------
    numpy.ndarray
        float32, in units of the spacing.
    """
    # As a map of two labels, inside and outside are measured at once.
    distance = edt.edt(mask.astype(np.uint8) + 1, anisotropy=spacing, black_border=False)
    # A mask without a rim (all or nothing) has no finite depth.
    distance = np.minimum(distance, 1e6, out=distance)
    return np.negative(distance, out=distance, where=~mask)


def snap(
    image: np.ndarray,
    mask: np.ndarray,
    radius: float,
    hole: float,
    level: float,
    rounds: int,
    aspect: Sequence[float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Move the rim of a mask to where the image's intensity steps.

    Parameters
    ----------
    image
        ``(Z) Y X``, square roots of intensity or the like, at the mask's scale.
    mask
        Boolean, what the network takes for nuclei.
    radius
        Of a nucleus, in pixels.
    hole
        Pixels up to which a hole in the mask is filled.
    level
        Share of the step at which the rim lies.
    rounds
        Times the light inside and outside is measured anew.
    aspect
        Size of a pixel along each axis, in the units of `radius`; 1 when absent.

    Returns
    -------
    threshold
        float32, the intensity that divides nucleus from background around each pixel.
    depth
        float32, the depth in `mask` in radii; the rim may lie where it is within
        ``-REACH`` to ``REACH``.
    """
    mask = fill_holes(mask, hole)
    radii = [radius / side for side in aspect or (1.0,) * mask.ndim]
    start = signed_depth(mask, aspect) / radius
    depth = start
    threshold = np.zeros(image.shape, np.float32)
    for number in range(rounds):
        if number:
            mask = divide(image, threshold, start, hole, radii)
            depth = signed_depth(mask, aspect) / radius
        bright = _local_mean(image, (depth > INSIDE[0]) & (depth < INSIDE[1]), radii)
        dark = _local_mean(image, (depth < -OUTSIDE[0]) & (depth > -OUTSIDE[1]), radii)
        threshold = enlarge(dark + level * (bright - dark), image.shape, _blocks(radii))
    return threshold, start


def divide(
    image: np.ndarray,
    threshold: np.ndarray,
    depth: np.ndarray,
    hole: float,
    radii: Sequence[float],
) -> np.ndarray:
    """Return the mask that :func:`snap` describes: bright enough, and near the network's.

    Specks and thread-like bridges are opened away, but for axes along which a nucleus has few
    pixels, and holes of up to `hole` pixels filled. `radii` are those of a nucleus, in pixels.
    """
    mask = ((image > threshold) & (depth > -REACH)) | (depth > REACH)
    return fill_holes(_opened(mask, [a for a, r in enumerate(radii) if r >= FEW]), hole)


def fill_holes(mask: np.ndarray, largest: float) -> np.ndarray:
    """Fill background that does not reach the frame, up to `largest` pixels a piece.

    Larger ones are the gaps between nuclei that stand in a ring.
    """
    # As bytes: on Booleans cc3d 4.1 miscounts, or fails, at odd sizes.
    background = (~mask).astype(np.uint8)
    outside = np.asarray(
        cc3d.connected_components(background, connectivity=4 if mask.ndim == 2 else 6)
    )
    is_hole = np.ones(int(outside.max()) + 1, bool)
    for axis, end in itertools.product(range(mask.ndim), (0, -1)):
        is_hole[np.take(outside, end, axis)] = False
    is_hole &= np.bincount(outside.ravel()) <= largest
    is_hole[0] = True  # the mask itself
    return is_hole[outside]


def _opened(mask: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """Erode and dilate by a cross along some axes: scipy's binary_opening, ten times faster."""
    eroded = mask.copy()
    for axis in axes:
        source, target = np.moveaxis(mask, axis, 0), np.moveaxis(eroded, axis, 0)
        target[1:] &= source[:-1]
        target[:-1] &= source[1:]
        target[0] = target[-1] = False
    opened = eroded.copy()
    for axis in axes:
        source, target = np.moveaxis(eroded, axis, 0), np.moveaxis(opened, axis, 0)
        target[1:] |= source[:-1]
        target[:-1] |= source[1:]
    return opened


def _local_mean(image: np.ndarray, where: np.ndarray, radii: Sequence[float]) -> np.ndarray:
    """Mean of the image over a Gaussian neighbourhood, counting the marked pixels alone.

    One value a block of pixels: the neighbourhood is several blocks wide.
    """
    blocks = _blocks(radii)
    sigma = [WINDOW * radius / block for radius, block in zip(radii, blocks, strict=True)]

    def blur(array: np.ndarray) -> np.ndarray:
        sums = block_sums(array, blocks)
        return np.asarray(ndimage.gaussian_filter(sums, sigma, truncate=3, mode="nearest"))

    return np.asarray(blur(image * where) / (blur(where) + 1e-4))


def block_sums(array: np.ndarray, blocks: Sequence[int]) -> np.ndarray:
    """Sum over blocks of pixels; those at the end may be cut."""
    for axis, block in enumerate(blocks):
        lines = np.moveaxis(array, axis, 0)
        sums = lines[::block].astype(np.float32)
        for k in range(1, block):
            part = lines[k::block]
            sums[: len(part)] += part
        array = np.moveaxis(sums, 0, axis)
    return array


def _blocks(radii: Sequence[float]) -> list[int]:
    """Sides of the blocks in which light is averaged: at most 0.4 of the neighbourhood's sigma."""
    return [max(1, int(0.4 * WINDOW * radius)) for radius in radii]
