"""Squassh: a convex problem segments regions despite blur, then each region with its own levels.

Rizk et al. 2014, Nature Protocols 9, 586-596, doi:10.1038/nprot.2014.037; the energy is that of
Paul, Cardinale and Sbalzarini 2013, doi:10.1007/s11263-013-0615-2. Reimplemented from these papers.
With the image I in [0, 1], blur K, background and object levels b and a, and a mask M in [0, 1]::

    m = K * (b + (a - b) M)
    E(M) = sum(m - I log m) + lambda TV(M)

The Poisson term and the total variation are convex in M, and a threshold at 1/2 makes M binary.
Levels and M are estimated alternately. Then each connected region is solved again in its own box
with its own levels, which separates objects of different brightness. The papers minimise by split
Bregman; here the same energy is minimised by accelerated proximal gradients (Beck and Teboulle
2009) with Chambolle's proximal step.
"""

import numpy as np
from scipy import ndimage
from skimage.restoration import denoise_tv_chambolle

from adgan.instances.regions import pieces

VARIATION_WEIGHT = 0.05
"""Weight of the total variation, lambda."""
BLUR_SIGMA_PIXELS = 0.8
"""Standard deviation of the point spread function, in pixels."""
LEVEL_ROUNDS, GRADIENT_STEPS = 3, 15
"""Number of estimates of the levels, and of gradient steps for each."""
CONTRAST_MINIMUM = 0.02
"""Smallest intensity of an object above the background, relative to the range of the image."""
OBJECT_SIZE_MINIMUM_PIXELS = 20
"""Smallest size of an object, in pixels."""
MARGIN_PIXELS = 5
"""Margin of a region's own box, in pixels."""
INTENSITY_FLOOR = 1e-3
"""Smallest intensity of the model, as the Poisson term needs positive ones."""


def segment_squassh(pixels: np.ndarray) -> np.ndarray:
    """Segment an image.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.

    Returns
    -------
    numpy.ndarray
        uint32 label map, labels from 1 without gaps.
    """
    low, high = np.percentile(pixels, (0.5, 99.8))
    image = np.clip((pixels.astype(np.float32) - low) / max(high - low, 1e-12), 0, 1)
    mask = find_regions(image, image > image.mean())
    labels = np.zeros(pixels.shape, np.uint32)
    regions = pieces(mask.astype(np.uint8))
    # Each box is solved from the image alone, so that the order of regions does not matter.
    for number, box in enumerate(ndimage.find_objects(regions.astype(np.int32)), start=1):
        wide = tuple(slice(max(0, s.start - MARGIN_PIXELS), s.stop + MARGIN_PIXELS) for s in box)
        region = regions[wide] == number
        if np.count_nonzero(region) < OBJECT_SIZE_MINIMUM_PIXELS:
            continue
        # Other regions in the box are neither object nor background.
        alone = np.where(region | (regions[wide] == 0), image[wide], np.float32(np.nan))
        parts = pieces((find_regions(alone, region) & region).astype(np.uint8))
        for piece in range(1, int(parts.max()) + 1):
            found = parts == piece
            light = image[wide][found].mean() - np.nanmedian(alone[~region])
            large = np.count_nonzero(found) >= OBJECT_SIZE_MINIMUM_PIXELS
            if large and light > CONTRAST_MINIMUM:
                labels[wide][found] = labels.max() + 1
    return labels


def find_regions(image: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Minimise the energy from an initial mask, alternating between levels and mask.

    Parameters
    ----------
    image
        ``(Z) Y X`` in [0, 1]; NaN for pixels that do not count.
    start
        Boolean, the initial mask of the objects.

    Returns
    -------
    numpy.ndarray
        Boolean.
    """
    known = np.isfinite(image)
    mask = start.astype(np.float32)
    for _ in range(LEVEL_ROUNDS):
        inside, outside = known & (mask > 0.5), known & (mask <= 0.5)
        if not inside.any() or not outside.any():
            break
        above, below = float(image[inside].mean()), float(image[outside].mean())
        if above - below < INTENSITY_FLOOR:
            break
        mask = _minimise(np.where(known, image, below), known, mask, above, below)
    return mask > 0.5


def _minimise(
    image: np.ndarray, known: np.ndarray, mask: np.ndarray, above: float, below: float
) -> np.ndarray:
    """Return the mask of lowest energy at fixed levels."""
    step = (max(below, INTENSITY_FLOOR) / (above - below)) ** 2 + 0.1
    momentum, ahead = 1.0, mask
    for _ in range(GRADIENT_STEPS):
        model = np.maximum(_blur(below + (above - below) * ahead), INTENSITY_FLOOR)
        slope = (above - below) * _blur(np.where(known, 1 - image / model, 0))
        weight = step * VARIATION_WEIGHT
        after = denoise_tv_chambolle(ahead - step * slope, weight=weight, max_num_iter=10)
        after = np.clip(after, 0, 1).astype(np.float32)
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = after + (momentum - 1) / next_momentum * (after - mask)
        mask, momentum = after, next_momentum
    return mask


def _blur(image: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.gaussian_filter(image.astype(np.float32), BLUR_SIGMA_PIXELS))
