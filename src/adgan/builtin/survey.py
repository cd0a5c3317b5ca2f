"""A first look at images by the built-in model: sign, scale and sizes, before anything is done.

Each image is looked at over a range of scales, and the scale at which most is surely explained
tells how large its nuclei are; whether nuclei are bright or dark is told the same way. No threshold
says what a nucleus looks like: the network has seen enough of them.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from torch import nn

from adgan.builtin.glance import glance, weighted_median, windows
from adgan.builtin.light import negative
from adgan.builtin.network import Network

WORKING = {2: 25.0, 3: 12.5}
"""Working pixels, by rank, that the median diameter of whole nuclei is brought to. Sizes vary, and
those under the middle suffer more from too few pixels than those above from too many."""
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
MANY = {2: 8.0, 3: 16.0}
"""Nuclei, by number of axes, from which more are no stronger evidence of their size."""
PLANES = (1.0, 3.0)
"""Distances of planes, in pixels, that are tried where nobody states it: nuclei that look half or
twice as long as they are are found as well."""
ROUNDS, SAME = 3, 0.08
"""Times that the distance of planes is corrected, and a change under which it is settled."""
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
    spacing
        Size of a pixel along each axis, over that of the last.
    number
        Nuclei looked at, each counted by how much more likely right than wrong it is.
    """

    diameter: float
    inverted: bool
    explained: float
    sure: float
    spacing: tuple[float, ...] = (1.0, 1.0)
    number: float = 1.0

    @property
    def empty(self) -> bool:
        """Whether no nuclei stand out."""
        return not self.diameter > 0

    @property
    def evidence(self) -> float:
        """How much speaks for this reading before others.

        A cluster, an embryo or an organoid looks like one nucleus from afar: many nuclei that are
        explained are stronger evidence than one as large as all of them.
        """
        return self.explained * min(self.number, MANY[len(self.spacing)])

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the last axis."""
        return WORKING[len(self.spacing)] / self.diameter

    @property
    def scales(self) -> tuple[float, ...]:
        """The same along each axis."""
        return tuple(self.scale * step for step in self.spacing)


NOTHING_SEEN = Reading(math.nan, False, 0.0, 0.0)
REMEMBERED = 256
"""Readings that are remembered of each network."""
_REMEMBERED: WeakKeyDictionary[nn.Module, OrderedDict[object, Reading]] = WeakKeyDictionary()


def read_image(
    network: Network,
    pixels: np.ndarray,
    likely: float | None = None,
    spacing: Sequence[float] | None = None,
) -> Reading:
    """Look at one image.

    One window is looked at, as it is and as its negative, over the whole range of scales; the best
    few readings are then held against each other in more windows. What was read of the last images
    is remembered: handling, verdict and vote ask for the same.

    Parameters
    ----------
    network
        The built-in one, with its doubt. Its weights stay as they are; a copy may learn.
    pixels
        ``(Z) Y X``, any units.
    likely
        Diameter to try first, as that of other images of the set: where it fits, an image takes a
        tenth of the time.
    spacing
        Size of a pixel along each axis, in any unit. When absent pixels are squares, and the
        distance of planes of a volume is told from how long its nuclei look.
    """
    if spacing is None and pixels.ndim == 2:
        spacing = (1.0, 1.0)
    relative = tuple(step / spacing[-1] for step in spacing) if spacing else None
    pixels = np.nan_to_num(pixels.astype(np.float32), copy=False)
    content = hashlib.blake2b(np.ascontiguousarray(pixels).data).digest()
    known = _REMEMBERED.setdefault(network.module, OrderedDict())
    key = (network.engine, content, pixels.shape, likely, relative)
    if key not in known:
        known[key] = _read(network, pixels, likely, relative)
        while len(known) > REMEMBERED:
            known.popitem(last=False)
    return known[key]


def _read(
    network: Network,
    pixels: np.ndarray,
    likely: float | None,
    spacing: tuple[float, ...] | None,
) -> Reading:
    if not np.ptp(pixels):
        return replace(NOTHING_SEEN, spacing=(1.0,) * pixels.ndim)
    if spacing is None:
        return read_planes(network, pixels, likely)
    look = _Look(network, pixels, spacing)
    if likely:
        found = look.refined(False, likely)
        if found.sure > SETTLED and 1 / STEP < found.diameter / likely < STEP:
            return found
        return read_image(network, pixels, None, spacing)
    first = [
        look.at(diameter, dark, 1) for diameter in _range_of(pixels.shape, spacing)
        for dark in (False, True)
    ]  # fmt: skip
    first.sort(key=lambda reading: reading.evidence, reverse=True)
    best = replace(NOTHING_SEEN, spacing=spacing)
    finalists = 0
    for reading in first:
        if reading.empty:
            continue
        refined = look.refined(reading.inverted, reading.diameter)
        if refined.diameter > LEAST:  # else specks of noise, which are no finalist
            best = max(best, refined, key=lambda reading: reading.evidence)
            finalists += 1
        if finalists == FINALISTS:
            break
    return best


def read_planes(network: Network, volume: np.ndarray, likely: float | None = None) -> Reading:
    """Look at a volume whose voxel size is not known.

    Several distances of its planes are tried; that at which most is surely explained is then
    followed until nuclei look as long along Z as across.

    Parameters
    ----------
    network, likely
        As for :func:`read_image`.
    volume
        float ``Z Y X``.
    """
    tried = [read_image(network, volume, likely, (step, 1, 1)) for step in PLANES]
    best = max(tried, key=lambda reading: reading.evidence)
    for _ in range(ROUNDS):
        length = _length(network, volume, best)
        if not length or abs(length - 1) < SAME:
            break
        again = read_image(network, volume, best.diameter, (best.spacing[0] / length, 1, 1))
        if again.explained < FADED * best.explained:
            break
        best = again
    return best


def _length(network: Network, volume: np.ndarray, reading: Reading) -> float:
    """Return how many times as long along Z as across nuclei look; 0 where none are sure."""
    if reading.empty:
        return 0.0
    values = negative(volume) if reading.inverted else volume
    seen = [
        glance(network, values, window, reading.scales)
        for window in windows(values, reading.scales, WINDOWS)
    ]
    sure = np.concatenate([g.sure * ~g.nuclei.cut for g in seen])
    spread = np.concatenate([g.nuclei.spread for g in seen])
    across = np.sqrt(spread[:, 1] * spread[:, 2])
    return weighted_median(spread[:, 0] / np.maximum(across, 1e-6), sure**2)


def _range_of(shape: Sequence[int], spacing: Sequence[float]) -> list[float]:
    """Return the diameters that are tried, up to nuclei larger than the image."""
    extent = max(n * step for n, step in zip(shape, spacing, strict=True))
    number = max(1, math.ceil(math.log(1.5 * extent / SMALLEST, STEP)))
    return [SMALLEST * STEP**k for k in range(number)]


@dataclass(frozen=True)
class _Look:
    """An image to look at, as it is and as its negative."""

    network: Network
    pixels: np.ndarray
    spacing: tuple[float, ...]

    def refined(self, dark: bool, diameter: float) -> Reading:
        """Look at a size, and again at the size that is found, as long as that explains as much."""
        found = self.at(diameter, dark, WINDOWS)
        for _ in range(2):
            if not found.diameter > LEAST or 1 / NEAR < found.diameter / diameter < NEAR:
                break
            again = self.at(found.diameter, dark, WINDOWS)
            if again.explained < FADED * found.explained or not again.diameter > 0:
                break
            diameter, found = found.diameter, again
        return found

    def at(self, diameter: float, dark: bool, number: int) -> Reading:
        """Look at so many windows of an image at one scale."""
        values = self.signs[dark]
        tried = Reading(diameter, dark, 0.0, 0.0, self.spacing)
        seen = [
            glance(self.network, values, window, tried.scales)
            for window in windows(values, tried.scales, number)
        ]
        sure = np.concatenate([g.sure for g in seen])
        radius = np.concatenate([g.nuclei.radius for g in seen]) / tried.scale
        cut = np.concatenate([g.nuclei.cut for g in seen])
        weights = sure**2
        if (weights * ~cut).sum() > WHOLE * weights.sum():
            weights = weights * ~cut
        area = sum(g.area for g in seen)
        return replace(
            tried,
            diameter=2 * weighted_median(radius, weights) if sure.sum() >= FEWEST else math.nan,
            explained=sum(g.explained * g.area for g in seen) / area,
            sure=float(np.average(sure, weights=sure)) if sure.sum() else 0.0,
            number=float(np.clip(2 * sure - 1, 0, 1).sum()),
        )

    @cached_property
    def signs(self) -> tuple[np.ndarray, np.ndarray]:
        """The image with bright nuclei, if they are bright, and if they are dark."""
        return self.pixels, negative(self.pixels)


def read_images(network: Network, images: Sequence[np.ndarray]) -> list[Reading]:
    """Look at each of several images; those that look like the ones before take less time."""
    readings: list[Reading] = []
    for pixels in images:
        known = [reading.diameter for reading in readings if not reading.empty]
        likely = float(np.median(known)) if len(known) >= 3 else None
        readings.append(read_image(network, pixels, likely))
    return readings
