"""The confidence model: the probability that a nucleus is correct, from the maps of the network.

A few features describe each nucleus, such as its mean foreground probability, the scatter of its
votes, and how well its size agrees with the predicted one. From these features a logistic
regression gives the probability that the nucleus is correct, which means that its IoU with a true
nucleus exceeds 0.5. The coefficients are stored beside the weights; ``benchmarks/calibrate.py``
fits them on simulated scenes, segmented at the right scale and at wrong ones.
"""

from dataclasses import dataclass

import numpy as np

from adgan.image.boxes import highest, lowest
from adgan.instances.votes import Maps
from adgan.labels.labelmap import ball, cut_by_frame, means, radius_of

FEATURES = (
    "foreground",
    "rim",
    "scatter",
    "size_error",
    "log_radius",
    "log_radius_squared",
    "depth",
    "contact",
    "contrast",
    "solid",
)


@dataclass(frozen=True)
class NucleusFeatures:
    """The features of the nuclei of a label map, one row per label from 1.

    Attributes
    ----------
    features
        ``(N, len(FEATURES))``.
    radius
        Radius of the disc or ball of equal size, in pixels of the map, ``(N,)``.
    cut
        True if the nucleus touches the image border, ``(N,)``.
    spread
        Standard deviation of its pixel positions along each axis, in pixels, ``(N, ndim)``.
    """

    features: np.ndarray
    radius: np.ndarray
    cut: np.ndarray
    spread: np.ndarray

    def only(self, chosen: np.ndarray) -> "NucleusFeatures":
        """Return the chosen rows."""
        return NucleusFeatures(
            self.features[chosen], self.radius[chosen], self.cut[chosen], self.spread[chosen]
        )


def measure_features(labels: np.ndarray, maps: Maps, image: np.ndarray) -> NucleusFeatures:
    """Measure the features of each nucleus.

    Parameters
    ----------
    labels
        uint32 ``(Z) Y X``, labels 1 to N.
    maps
        Output of the network, at the same pixels.
    image
        Input of the network, at the same pixels.
    """
    ndim, unit = labels.ndim, maps.unit
    pixels = np.flatnonzero(labels)
    flat = labels.ravel()[pixels].astype(np.intp)
    number = int(flat.max(initial=0)) + 1
    sizes = np.maximum(np.bincount(flat, minlength=number), 1)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(flat, values, minlength=number)

    def mean(values: np.ndarray) -> np.ndarray:
        return total(values) / sizes

    scatter, spreads = np.zeros(number), []
    for axis, own in enumerate(np.unravel_index(pixels, labels.shape)):
        aim = own + unit * maps.offset[axis].ravel()[pixels]
        scatter += mean(aim**2) - mean(aim) ** 2
        spreads.append(np.maximum(mean(own**2) - mean(own) ** 2, 0))
    spread = np.stack(spreads, axis=1)
    radius = radius_of(sizes, ndim)
    log_radius = np.log2(radius / unit)

    rim = (highest(labels, 3) != lowest(labels, 3)).ravel()[pixels]
    edge = np.maximum(total(rim), 1)

    def along(values: np.ndarray) -> np.ndarray:
        return total(values * rim) / edge

    cut = cut_by_frame(labels)
    foreground, depth, size, contact, seen = (
        values.ravel()[pixels]
        for values in (maps.foreground, maps.depth, maps.size, maps.contact, image)
    )
    deepest = np.zeros(number, np.float32)
    np.maximum.at(deepest, flat, depth)
    beyond = local_background(labels, image)
    features = np.stack(
        [
            mean(foreground),
            along(foreground),
            np.sqrt(np.maximum(scatter, 0)) / radius,
            # The network predicts the size of the whole nucleus, also where the border cuts it.
            np.where(cut, 0, np.abs(mean(size) - log_radius)),
            log_radius,
            log_radius**2,
            deepest,
            along(contact),
            np.clip(mean(seen) - beyond, -3, 3),
            # Of all shapes of one size a disc has the smallest spread.
            np.minimum(spread.sum(1) / radius**2, 3),
        ],
        axis=1,
    )
    return NucleusFeatures(features[1:], radius[1:], cut[1:], np.sqrt(spread[1:]))


def local_background(labels: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the mean intensity of a two-pixel ring around each nucleus.

    A nucleus without such a ring gets the mean intensity of the image.
    """
    around = np.where(labels == 0, highest(labels, 5), 0)
    pixels = np.flatnonzero(around)
    ring = around.ravel()[pixels].astype(np.intp)
    number = int(labels.max(initial=0)) + 1
    found, size = means(image.ravel()[pixels], ring, number)
    return np.where(size > 0, found, float(image.mean()))


@dataclass(frozen=True)
class ConfidenceModel:
    """The logistic regression: mean and deviation of each feature, weights, and intercept."""

    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray
    constant: float

    def probability(self, nuclei: NucleusFeatures) -> np.ndarray:
        """Return the probability that each nucleus is correct, ``(N,)``."""
        if not len(nuclei.radius):
            return np.zeros(0)
        z = (nuclei.features - self.mean) / self.deviation
        score = np.clip(z, -4, 4) @ self.weights + self.constant
        return np.asarray(1 / (1 + np.exp(-score)))


def expected_number(maps: Maps) -> float:
    """Return the expected number of nuclei, estimated from the maps without separating nuclei.

    Each foreground pixel counts as one over the number of pixels of its nucleus, as predicted.
    """
    ndim = maps.foreground.ndim
    radius = maps.unit * np.exp2(np.clip(maps.size, -3, 3))
    return float((maps.foreground * (maps.foreground > 0.3) / ball(radius, ndim)).sum())
