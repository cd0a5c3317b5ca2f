"""Confidence in each nucleus of a label map, and in the map as a whole, without a ground truth.

Five values from 0 to 1 are multiplied. Agreement: the nucleus is found again in transformed copies
of the image. Certainty: the network gives its pixels a high probability. Convexity: it is as convex
as simulated nuclei are. Sharpness: the intensity drops steeply at its boundary. Witness: the
built-in model confirms it (:mod:`adgan.builtin.witness`). Together with the number of nuclei that
the map lacks, they give the expected F1. Any number of axes, without torch.
"""

from collections.abc import Iterable

import numpy as np
from scipy import ndimage
from skimage.segmentation import expand_labels

from adgan.instances.boundary import signed_depth
from adgan.labels.hull import solidity
from adgan.labels.labelmap import means, regions
from adgan.metrics import count_overlap
from adgan.recipe.quality import ConfidenceSettings


def agreement(labels: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    """Return how well each nucleus is found again: its highest IoU, averaged over other maps.

    Parameters
    ----------
    labels
        Integer label map ``(Z) Y X``, labels 1 to N.
    others
        Label maps of the same shape, at least one.

    Returns
    -------
    numpy.ndarray
        float64, ``(N,)``, 0 to 1.
    """
    best = []
    for other in others:
        table = count_overlap(labels, other)
        iou = np.zeros(int(labels.max()) + 1)
        np.maximum.at(iou, table.predicted_labels[table.predicted], table.iou)
        best.append(iou[1:])
    return np.mean(best, axis=0)


def certainty(labels: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the mean probability within each of the nuclei 1 to N, float64 ``(N,)``."""
    return means(probability, labels, int(labels.max(initial=0)) + 1)[0][1:]


def solidities(labels: np.ndarray) -> np.ndarray:
    """Return the solidity of each of the nuclei 1 to N, float64 ``(N,)``; 0 for missing labels."""
    found = regions(labels)
    values = np.zeros(int(labels.max()) + 1)
    coordinates = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    if len(found.labels):
        values[found.labels] = solidity(found, coordinates)
    return values[1:]


def convexity(labels: np.ndarray, convex_solidity: float, how: ConfidenceSettings) -> np.ndarray:
    """Return how convex each nucleus is, float64 ``(N,)``, 0 to 1.

    Parameters
    ----------
    labels
        Integer label map ``(Z) Y X``, labels 1 to N.
    convex_solidity
        Solidity from which the convexity is 1: that of nearly all simulated nuclei at this scale.
    how
        The loss of solidity over which it falls to 0.
    """
    return np.clip(1 - (convex_solidity - solidities(labels)) / how.solidity_loss, 0, 1)


def steepness(
    labels: np.ndarray, intensity: np.ndarray, radius: float, how: ConfidenceSettings
) -> np.ndarray:
    """Return the slope of the intensity at each boundary, in intensity steps per radius.

    The step is the difference between the nucleus and its background. A step that is blurred by a
    Gaussian with a standard deviation of ``s`` radii has a steepness of ``1 / (sqrt(2 pi) s)``.

    Parameters
    ----------
    labels
        Integer label map ``(Z) Y X``, labels 1 to N.
    intensity
        Image of the same shape.
    radius
        Radius of a nucleus in pixels.
    how
        Where the slope and the intensities of nucleus and background are measured.

    Returns
    -------
    numpy.ndarray
        float64, ``(N,)``; nan for a nucleus whose boundary nowhere meets the background.
    """
    depth = signed_depth(labels > 0) / radius
    near = expand_labels(labels, how.outside[1] * radius)
    slope = ndimage.gaussian_gradient_magnitude(intensity, 1.0) * radius
    number = int(labels.max()) + 1

    def shell_mean(values: np.ndarray, shell: tuple[float, float]) -> np.ndarray:
        inside = np.where((depth > shell[0]) & (depth <= shell[1]), near, 0)
        mean, pixels = means(values, inside, number)
        return np.where(pixels >= how.pixels, mean, np.nan)[1:]

    step = shell_mean(intensity, (how.inside, np.inf))
    step -= shell_mean(intensity, (-how.outside[1], -how.outside[0]))
    half = max(how.boundary, how.boundary_pixels / radius)
    return shell_mean(slope, (-half, half)) / np.where(step > 0, step, np.nan)


def sharpness(steep: np.ndarray, how: ConfidenceSettings) -> np.ndarray:
    """Return the sharpness of boundaries, 0 to 1, from their steepness; 1 where that is nan."""
    low, high = how.steepness
    return np.nan_to_num(np.clip((steep - low) / (high - low), 0, 1), nan=1.0)
