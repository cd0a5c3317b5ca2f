"""Squassh: one convex problem finds regions through the blur, then each region its own levels.

Rizk et al. 2014, Nature Protocols 9, 586-596, doi:10.1038/nprot.2014.037; the energy is that of
Paul, Cardinale and Sbalzarini 2013, doi:10.1007/s11263-013-0615-2. Written from these papers. With
the image I in [0, 1], the blur K, background and object levels b and a, and a mask M in [0, 1]::

    m = K * (b + (a - b) M)
    E(M) = sum(m - I log m) + lambda TV(M)

The Poisson term and the total variation are convex in M, so that M = 0 or 1 after a threshold at
1/2. The levels are estimated in turn with M. Then each connected region is solved once more in a
box of its own with its own levels, which is what splits objects of unequal light. The papers
minimise by split Bregman; here the same energy is minimised by accelerated proximal gradients
(Beck and Teboulle 2009), the proximal step being Chambolle's.
"""

import numpy as np
from scipy import ndimage
from skimage.restoration import denoise_tv_chambolle

from adgan.instances.regions import pieces

LAMBDA = 0.05
"""Weight of the total variation."""
BLUR = 0.8
"""Standard deviation of the point-spread function, in pixels."""
ROUNDS, STEPS = 3, 15
"""Estimates of the levels, and gradient steps for each of them."""
LEAST_LIGHT = 0.02
"""Light over the background, as a share of the range, below which a region is no object."""
LEAST_SIZE = 20
"""Pixels below which a region is no object."""
MARGIN = 5
"""Pixels around a region that its own problem sees."""
FLOOR = 1e-3
"""Least intensity of the model, as the Poisson term needs one above 0."""


def segment_squassh(pixels: np.ndarray) -> np.ndarray:
    """Label nuclei.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.

    Returns
    -------
    numpy.ndarray
        uint32 instance map, labels from 1 without gaps.
    """
    low, high = np.percentile(pixels, (0.5, 99.8))
    image = np.clip((pixels.astype(np.float32) - low) / max(high - low, 1e-12), 0, 1)
    mask = find_regions(image, image > image.mean())
    labels = np.zeros(pixels.shape, np.uint32)
    regions = pieces(mask.astype(np.uint8))
    # A box is solved from the image alone, so that regions do not depend on their order.
    for number, box in enumerate(ndimage.find_objects(regions.astype(np.int32)), start=1):
        wide = tuple(slice(max(0, s.start - MARGIN), s.stop + MARGIN) for s in box)
        region = regions[wide] == number
        if np.count_nonzero(region) < LEAST_SIZE:
            continue
        # Neighbours in the box count as what they are, neither object nor background.
        alone = np.where(region | (regions[wide] == 0), image[wide], np.float32(np.nan))
        parts = pieces((find_regions(alone, region) & region).astype(np.uint8))
        for piece in range(1, int(parts.max()) + 1):
            found = parts == piece
            light = image[wide][found].mean() - np.nanmedian(alone[~region])
            if np.count_nonzero(found) >= LEAST_SIZE and light > LEAST_LIGHT:
                labels[wide][found] = labels.max() + 1
    return labels


def find_regions(image: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Minimise the energy from a first mask, levels and mask in turn.

    Parameters
    ----------
    image
        ``(Z) Y X`` in [0, 1]; NaN where nothing is known.
    start
        Boolean, what is taken for objects at first.

    Returns
    -------
    numpy.ndarray
        Boolean.
    """
    known = np.isfinite(image)
    mask = start.astype(np.float32)
    for _ in range(ROUNDS):
        inside, outside = known & (mask > 0.5), known & (mask <= 0.5)
        if not inside.any() or not outside.any():
            break
        above, below = float(image[inside].mean()), float(image[outside].mean())
        if above - below < FLOOR:
            break
        mask = _minimise(np.where(known, image, below), known, mask, above, below)
    return mask > 0.5


def _minimise(
    image: np.ndarray, known: np.ndarray, mask: np.ndarray, above: float, below: float
) -> np.ndarray:
    """Return the mask of least energy at fixed levels."""
    step = (max(below, FLOOR) / (above - below)) ** 2 + 0.1
    momentum, ahead = 1.0, mask
    for _ in range(STEPS):
        model = np.maximum(_blur(below + (above - below) * ahead), FLOOR)
        slope = (above - below) * _blur(np.where(known, 1 - image / model, 0))
        after = denoise_tv_chambolle(ahead - step * slope, weight=step * LAMBDA, max_num_iter=10)
        after = np.clip(after, 0, 1).astype(np.float32)
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = after + (momentum - 1) / next_momentum * (after - mask)
        mask, momentum = after, next_momentum
    return mask


def _blur(image: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.gaussian_filter(image.astype(np.float32), BLUR))
