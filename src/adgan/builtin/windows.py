"""The nuclei that the built-in model finds in one window of an image at one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.confidence import NucleusFeatures, measure_features
from adgan.builtin.network import Network
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.resample import to_working
from adgan.builtin.settings import SEARCH, TARGETS
from adgan.instances.votes import find_nuclei
from adgan.metrics import count_overlap
from adgan.metrics.matching import match


@dataclass(frozen=True)
class WindowNuclei:
    """The nuclei found in one window at one scale.

    Attributes
    ----------
    labels
        Their label map at the working size.
    nuclei, confidence
        The nuclei, and the probability that each is correct, 0 to 1.
    """

    labels: np.ndarray
    nuclei: NucleusFeatures
    confidence: np.ndarray

    @property
    def ndim(self) -> int:
        """Number of axes of the image."""
        return self.labels.ndim

    @property
    def area(self) -> int:
        """Area or volume of the window, in working pixels or voxels."""
        return self.labels.size

    @property
    def believed(self) -> np.ndarray:
        """How much more likely each nucleus is correct than not, 0 to 1."""
        return np.clip(2 * self.confidence - 1, 0, 1)

    @property
    def explained(self) -> float:
        """How much of the window is explained by nuclei that are more likely correct than not.

        See :attr:`adgan.builtin.settings.Search.exponent` for how a nucleus counts.
        """
        unit = TARGETS[self.ndim].unit
        weight = (self.nuclei.radius / unit) ** (SEARCH[self.ndim].exponent * self.ndim)
        return float((self.believed * weight).sum() * unit**self.ndim / self.area)

    def found_in(self, other: "WindowNuclei") -> np.ndarray:
        """Return which nuclei are found in the same window at another scale, too, bool."""
        places = [
            (2 * np.arange(n) + 1) * m // (2 * n)
            for n, m in zip(self.labels.shape, other.labels.shape, strict=True)
        ]
        table = count_overlap(self.labels, other.labels[np.ix_(*places)])
        again = np.zeros(len(self.confidence), bool)
        again[table.predicted_labels[match(table).predicted] - 1] = True
        return again


def quantile(values: np.ndarray, fraction: float, weights: np.ndarray) -> float:
    """Return the smallest value up to which the values have `fraction` of the total weight."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, fraction * total[-1])])


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted median of values; nan if there are none or all weights are 0."""
    if not len(values) or weights.sum() <= 0:
        return float("nan")
    return quantile(values, 0.5, weights)


def find_in_window(
    network: Network, pixels: np.ndarray, window: Sequence[slice], scales: Sequence[float]
) -> WindowNuclei:
    """Find the nuclei in a window of an image at one scale.

    Parameters
    ----------
    network
        The built-in network, whose part that reads scales is used.
    pixels
        ``(Z) Y X``, native dtype, nuclei bright.
    window
        The window, in pixels of the image.
    scales
        Working pixels per pixel along each axis.
    """
    network = network.reading
    image = to_working(pixels[tuple(window)], scales)
    seen = measure_normalisation(image).apply(image)
    maps = network.maps(seen)
    labels = find_nuclei(maps)
    nuclei = measure_features(labels, maps, seen)
    assert network.confidence_model is not None
    return WindowNuclei(labels, nuclei, network.confidence_model.probability(nuclei))


def choose_windows(
    pixels: np.ndarray, scales: Sequence[float], number: int, side: int | None = None
) -> list[tuple[slice, ...]]:
    """Return the windows with most structure, at a distance from each other.

    Parameters
    ----------
    pixels
        ``(Z) Y X``.
    scales
        Working pixels per pixel along each axis.
    number
        Largest number of windows; an image that fits into one window gives one.
    side
        Side of a window, in working pixels (default: that of :data:`SEARCH`).
    """
    how = SEARCH[pixels.ndim]
    side = side or how.side
    sides = [min(n, int(np.ceil(side / s))) for n, s in zip(pixels.shape, scales, strict=True)]
    if all(s == n for s, n in zip(sides, pixels.shape, strict=True)):
        return [tuple(slice(0, n) for n in pixels.shape)]
    steps = [max(1, n // how.coarse) for n in pixels.shape]
    coarse = pixels[tuple(slice(None, None, step) for step in steps)].astype(np.float32)
    coarse = ndimage.uniform_filter(coarse, 3)
    # The square root keeps one bright speck from outweighing a field of dim nuclei.
    above = np.sqrt(np.clip(coarse - np.median(coarse), 0, None))
    reach = [max(1, s // step) for s, step in zip(sides, steps, strict=True)]
    busy = ndimage.uniform_filter(above, reach, mode="constant")
    chosen: list[tuple[slice, ...]] = []
    for _ in range(number):
        at = np.unravel_index(int(np.argmax(busy)), busy.shape)
        starts = [
            int(np.clip(a * step - s // 2, 0, n - s))
            for a, step, s, n in zip(at, steps, sides, pixels.shape, strict=True)
        ]
        chosen.append(tuple(slice(a, a + s) for a, s in zip(starts, sides, strict=True)))
        near = tuple(slice(max(0, int(a) - r), int(a) + r) for a, r in zip(at, reach, strict=True))
        busy[near] = -1
        if busy.max() <= 0:
            break
    return chosen
