"""A first look at images by the built-in model: sign, scale and sizes, before anything is done.

Each image is looked at over a range of scales, and the scale at which most is surely explained
tells how large its nuclei are; whether nuclei are bright or dark is told the same way. No threshold
says what a nucleus looks like: the network has seen enough of them.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
from torch import nn

from adgan.builtin.glance import glance, weighted_median, windows
from adgan.builtin.light import negative
from adgan.builtin.look import FADED, WINDOWS, read_scales, read_size
from adgan.builtin.network import Network
from adgan.builtin.reading import NOTHING_SEEN, Reading

PLANES = (1.0, 3.0)
"""Distances of planes, in pixels, that are tried where nobody states it: nuclei that look half or
twice as long as they are are found as well."""
ROUNDS, SAME = 3, 0.08
"""Times that the distance of planes is corrected, and a change under which it is settled."""
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
    key = (network.engine, network.precision, content, pixels.shape, likely, relative)
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
    if likely:
        return read_size(network, pixels, spacing, likely) or read_image(
            network, pixels, None, spacing
        )
    return read_scales(network, pixels, spacing)


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
        if not length > 0 or abs(length - 1) < SAME:
            break
        again = read_image(network, volume, best.diameter, (best.spacing[0] / length, 1, 1))
        if again.explained < FADED * best.explained:
            break
        best = again
    return best


def _length(network: Network, volume: np.ndarray, reading: Reading) -> float:
    """Return how many times as long along Z as across nuclei look; nan where none are sure."""
    if reading.empty:
        return math.nan
    values = negative(volume) if reading.inverted else volume
    seen = [
        glance(network, values, window, reading.scales)
        for window in windows(values, reading.scales, WINDOWS)
    ]
    sure = np.concatenate([g.sure * ~g.nuclei.cut for g in seen])
    spread = np.concatenate([g.nuclei.spread for g in seen])
    across = np.sqrt(spread[:, 1] * spread[:, 2])
    return weighted_median(spread[:, 0] / np.maximum(across, 1e-6), sure**2)


def read_images(network: Network, images: Sequence[np.ndarray]) -> list[Reading]:
    """Look at each of several images; those that look like the ones before take less time."""
    readings: list[Reading] = []
    for pixels in images:
        known = [reading.diameter for reading in readings if not reading.empty]
        likely = float(np.median(known)) if len(known) >= 3 else None
        readings.append(read_image(network, pixels, likely))
    return readings
