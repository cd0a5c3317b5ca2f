"""A first look at images by the built-in model: sign, scale and sizes, before anything is done.

Each image is looked at over a range of scales, and the scale at which most is surely explained
tells how large its nuclei are; whether nuclei are bright or dark is told the same way. No threshold
says what a nucleus looks like: the network has seen enough of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.glance import glance, weighted_median, windows
from adgan.builtin.network import Network

WORKING = 25.0
"""Working pixels that the median diameter of whole nuclei is brought to. Sizes vary, and those
under the middle suffer more from too few pixels than those above from too many."""
SMALLEST, STEP = 5.5, 2.0
"""Diameter in pixels at which the range of scales begins, and the ratio from one to the next: the
network sees half an octave to either side of its working size as well as the middle."""
WINDOWS = 2
"""Parts of a large image that are looked at."""
NEAR = 1.25
"""Ratio of two scales up to which looking again changes nothing."""
FADED = 0.7
"""Share of what was explained before that a scale tried first must explain, and of what the best
scale explains that a refined one must."""
FEWEST = 0.8
"""Nuclei, each counted by its chance, under which an image seems empty."""
WHOLE = 0.3
"""Share of what is sure from which whole nuclei alone tell the size."""
SETTLED = 0.75
"""Mean chance of what is found at a likely size from which no other reading is tried."""
FINALISTS = 2
"""Readings of one window that are held against each other in more."""
LEAST = 4.5
"""Diameter in pixels under which nothing is a nucleus that could be outlined."""


@dataclass(frozen=True)
class Reading:
    """What one image shows.

    Attributes
    ----------
    diameter
        Median diameter of the discs of equal size, in pixels of the image, nuclei that the frame
        cuts left out where enough are whole; nan where nothing is seen.
    inverted
        Whether nuclei are darker than their surroundings.
    explained
        How much is surely explained at that diameter, see :class:`adgan.builtin.glance.Glance`.
    sure
        Mean chance of what was found to be right, 0 to 1.
    """

    diameter: float
    inverted: bool
    explained: float
    sure: float

    @property
    def empty(self) -> bool:
        """Whether no nuclei stand out."""
        return not self.diameter > 0

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the image."""
        return WORKING / self.diameter


NOTHING_SEEN = Reading(math.nan, False, 0.0, 0.0)


def read_image(network: Network, pixels: np.ndarray, likely: float | None = None) -> Reading:
    """Look at one image.

    One window is looked at, as it is and as its negative, over the whole range of scales; the best
    few readings are then held against each other in more windows.

    Parameters
    ----------
    network
        The built-in one, with its doubt.
    pixels
        ``(Z) Y X``, any units.
    likely
        Diameter to try first, as that of other images of the set: where it fits, an image takes a
        tenth of the time.
    """
    pixels = np.nan_to_num(pixels.astype(np.float32), copy=False)
    if not np.ptp(pixels):
        return NOTHING_SEEN
    signs = {False: pixels, True: pixels.max() + pixels.min() - pixels}
    if likely:
        found = _refined(network, pixels, False, likely)
        if found.sure > SETTLED and 1 / STEP < found.diameter / likely < STEP:
            return found
    first = [
        _read_at(network, signs[dark], dark, diameter, 1)
        for diameter in _range_of(pixels.shape)
        for dark in signs
    ]
    first.sort(key=lambda reading: reading.explained, reverse=True)
    best = NOTHING_SEEN
    for reading in first[:FINALISTS]:
        if reading.diameter > 0:
            refined = _refined(network, signs[reading.inverted], reading.inverted, reading.diameter)
            if refined.diameter > LEAST:
                best = max(best, refined, key=lambda reading: reading.explained)
    return best


def _range_of(shape: Sequence[int]) -> list[float]:
    """Return the diameters that are tried, up to nuclei larger than the image."""
    number = max(1, math.ceil(math.log(1.5 * max(shape) / SMALLEST, STEP)))
    return [SMALLEST * STEP**k for k in range(number)]


def _refined(network: Network, pixels: np.ndarray, dark: bool, diameter: float) -> Reading:
    """Look at a size, and again at the size that is found, as long as that explains as much."""
    found = _read_at(network, pixels, dark, diameter, WINDOWS)
    for _ in range(2):
        if not found.diameter > LEAST or 1 / NEAR < found.diameter / diameter < NEAR:
            break
        again = _read_at(network, pixels, dark, found.diameter, WINDOWS)
        if again.explained < FADED * found.explained or not again.diameter > 0:
            break
        diameter, found = found.diameter, again
    return found


def _read_at(
    network: Network, pixels: np.ndarray, dark: bool, diameter: float, number: int
) -> Reading:
    """Look at so many windows of an image at one scale."""
    scale = WORKING / diameter
    seen = [glance(network, pixels, w, scale) for w in windows(pixels, scale, number)]
    sure = np.concatenate([g.sure for g in seen])
    radius = np.concatenate([g.nuclei.radius for g in seen]) / scale
    cut = np.concatenate([g.nuclei.cut for g in seen])
    weights = sure**2
    if (weights * ~cut).sum() > WHOLE * weights.sum():
        weights = weights * ~cut
    area = sum(g.area for g in seen)
    return Reading(
        diameter=2 * weighted_median(radius, weights) if sure.sum() >= FEWEST else math.nan,
        inverted=dark,
        explained=sum(g.explained * g.area for g in seen) / area,
        sure=float(np.average(sure, weights=sure)) if sure.sum() else 0.0,
    )


def read_images(network: Network, images: Sequence[np.ndarray]) -> list[Reading]:
    """Look at each of several images; those that look like the ones before take less time."""
    readings: list[Reading] = []
    for pixels in images:
        known = [reading.diameter for reading in readings if not reading.empty]
        likely = float(np.median(known)) if len(known) >= 3 else None
        readings.append(read_image(network, pixels, likely))
    return readings
