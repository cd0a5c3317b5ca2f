"""How far a label map can be trusted, nucleus by nucleus and as a whole, without a truth.

Four reasons to doubt a nucleus, each from 0 to 1, that multiply: it is not found again when the
image is turned, the network is not sure of it, it is less convex than nuclei are, or its rim is out
of focus. For an image
they add up to the expected F1, once those are counted that a plain segmentation sees and the
map lacks. Numpy only, any rank.
"""

from collections.abc import Iterable

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.instances.boundary import signed_depth
from adgan.labels.hull import solidity
from adgan.labels.labelmap import means, regions
from adgan.metrics import count_overlap
from adgan.survey.nuclei import Nuclei

SPAN = 0.2
"""Solidity below the least of simulated nuclei at which a shape is not believed at all: two
discs that touch in a point lie half-way."""
BLURRED, SHARP = 0.7, 1.7
"""Steepness of a rim that is not believed at all, and fully: light that takes more than a radius to
fall says nothing of where a nucleus ends."""
RIM, CORE, BEYOND = 0.1, (0.3, np.inf), (-0.6, -0.3)
"""Depths, in radii, where a rim's slope, its nucleus and the ground beyond it are measured."""
BESIDE = 1.01
"""Pixels on either side of a rim that are always part of it, however small nuclei are."""
LEAST = 3
"""Pixels that each of them must have."""
FIT, DIM = 0.9, 0.3
"""Roundness, and light as a share of the median, of what is surely a nucleus."""


def agreement(labels: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    """Return how well each nucleus is found again: the best IoU, a mean over other maps.

    Parameters
    ----------
    labels
        Integer map ``(Z) Y X``, labels 1 to N.
    others
        Maps of the same shape, at least one.

    Returns
    -------
    numpy.ndarray
        float, ``(N,)``, 0 to 1.
    """
    best = []
    for other in others:
        table = count_overlap(labels, other)
        iou = np.zeros(int(labels.max()) + 1)
        np.maximum.at(iou, table.predicted_labels[table.predicted], table.iou)
        best.append(iou[1:])
    return np.mean(best, axis=0)


def certainty(labels: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """Return the mean probability within each of the nuclei 1 to N, float ``(N,)``."""
    return means(soft, labels, int(labels.max(initial=0)) + 1)[0][1:]


def solidities(labels: np.ndarray) -> np.ndarray:
    """Return the solidity of each of the nuclei 1 to N, 0 for one without pixels."""
    found = regions(labels)
    values = np.zeros(int(labels.max()) + 1)
    coordinates = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    if len(found.labels):
        values[found.labels] = solidity(found, coordinates)
    return values[1:]


def convexity(labels: np.ndarray, least: float) -> np.ndarray:
    """Return how far each shape is believed: 1 from a solidity of `least`, falling below it.

    Parameters
    ----------
    labels
        Integer map, labels 1 to N.
    least
        What nearly all simulated nuclei reach at the same scale.
    """
    return np.clip(1 - (least - solidities(labels)) / SPAN, 0, 1)


def steepness(labels: np.ndarray, light: np.ndarray, radius: float) -> np.ndarray:
    """Return how steeply the light falls at each rim: shares of the whole step in a radius.

    A step blurred by a Gaussian of ``s`` radii has ``1 / (sqrt(2 pi) s)``.

    Parameters
    ----------
    labels
        Integer map, labels 1 to N.
    light
        Brightness of its pixels.
    radius
        Of a nucleus, in pixels.

    Returns
    -------
    numpy.ndarray
        ``(N,)``; nan where a nucleus has no free rim.
    """
    depth = signed_depth(labels > 0) / radius
    near = expand_labels(labels, -BEYOND[0] * radius)
    slope = ndimage.gaussian_gradient_magnitude(light, 1.0) * radius
    number = int(labels.max()) + 1

    def mean(values: np.ndarray, shell: tuple[float, float]) -> np.ndarray:
        there = np.where((depth > shell[0]) & (depth <= shell[1]), near, 0)
        found, pixels = means(values, there, number)
        return np.where(pixels >= LEAST, found, np.nan)[1:]

    step = mean(light, CORE) - mean(light, BEYOND)
    half = max(RIM, BESIDE / radius)
    return mean(slope, (-half, half)) / np.where(step > 0, step, np.nan)


def sharpness(steep: np.ndarray) -> np.ndarray:
    """Return how far rims are believed, from their steepness; 1 where that is not known."""
    return np.nan_to_num(np.clip((steep - BLURRED) / (SHARP - BLURRED), 0, 1), nan=1.0)


def count_missed(labels: np.ndarray, found: Nuclei, shares: np.ndarray) -> float:
    """Return how many nuclei that are seen by plain means the map lacks.

    Parameters
    ----------
    labels
        Integer map ``(Z) Y X``.
    found
        Of the same image, see :func:`adgan.survey.nuclei.find_nuclei`.
    shares
        As given there.

    Returns
    -------
    float
        For the whole image, where `found` saw its middle only; 0 in an image that seems empty.
    """
    if not found.clear:
        return 0.0
    sure = (found.fit > FIT) & (found.contrast > DIM * np.median(found.contrast))
    centres = found.places(shares)[sure]
    places = np.clip(centres.round().astype(int), 0, np.array(labels.shape) - 1)
    lacking = np.count_nonzero(labels[tuple(places.T)] == 0)
    whole = float((np.array(labels.shape) * shares).prod() / found.extent.prod())
    return lacking * max(1.0, whole)
