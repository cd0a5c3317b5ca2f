"""Estimate nucleus diameter and polarity of images with the built-in model, before segmentation.

The network is applied at a range of scales, to the image and to its negative. The scale and
polarity with the strongest evidence for nuclei are taken. No threshold defines what a nucleus looks
like; the network has learnt it.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from torch import nn

from adgan.builtin.network import Network
from adgan.builtin.normalisation import with_bright_nuclei
from adgan.builtin.reading import NOTHING_SEEN, Reading
from adgan.builtin.scale_search import read_scales, read_size
from adgan.builtin.settings import NORMALISATION, SEARCH, WORKING_SCALE
from adgan.builtin.windows import choose_windows, find_in_window, weighted_median
from adgan.image.scale import Window
from adgan.io.windowed import Windowed

RESULTS_CACHED = 256
"""Number of results that are cached for each network."""
_CACHE: WeakKeyDictionary[nn.Module, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
Result = TypeVar("Result")


def read_image(
    network: Network,
    pixels: np.ndarray,
    likely: float | None = None,
    spacing: Sequence[float] | None = None,
) -> Reading:
    """Estimate nucleus diameter and polarity of one image.

    One window and its negative are read over the whole range of scales; the best readings are then
    compared in more windows. Readings are cached, as several steps need that of the same image.

    Parameters
    ----------
    network
        The built-in network with its confidence model. Its weights must not change between calls.
    pixels
        ``(Z) Y X``, any units.
    likely
        Diameter in pixels to try first, such as that of other images of the set. If it fits,
        reading takes a tenth of the time.
    spacing
        Pixel size along each axis, in any unit. When None, pixels of an image are square, and the
        plane distance of a volume is estimated from the length of its nuclei along Z.
    """
    if spacing is None and pixels.ndim == 2:
        spacing = (1.0, 1.0)
    relative = tuple(step / spacing[-1] for step in spacing) if spacing else None
    pixels = np.nan_to_num(pixels.astype(np.float32), copy=False)
    question = ("reading", likely, relative)
    return cached(network, pixels, question, lambda: _read(network, pixels, likely, relative))


def cached(
    network: Network, pixels: np.ndarray, question: Hashable, compute: Callable[[], Result]
) -> Result:
    """Return the result of a network for an image, computed only if it is not in the cache.

    Parameters
    ----------
    network
        The built-in network.
    pixels
        ``(Z) Y X``, native dtype.
    question
        What is computed from the image, and with which parameters.
    compute
        Computes the result.
    """
    content = hashlib.blake2b(np.ascontiguousarray(pixels).data).digest()
    image = (content, pixels.shape, pixels.dtype.str)
    known = _CACHE.setdefault(network.module, OrderedDict())
    settings = tuple(each[pixels.ndim] for each in (WORKING_SCALE, NORMALISATION, SEARCH))
    key = (network.engine, network.precision, settings, image, question)
    if key not in known:
        known[key] = compute()
        while len(known) > RESULTS_CACHED:
            known.popitem(last=False)
    result: Result = known[key]
    return result


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
    """Read a volume whose voxel size is not known.

    Several plane distances are tried, and each is corrected until nuclei look as long along Z as
    across. The one with the strongest evidence is taken; as nuclei that look too long or too short
    are less probable, their confidence counts, too. Nuclei that look flat count less, as planes
    that are further apart explain that as well.

    Parameters
    ----------
    network, likely
        See :func:`read_image`.
    volume
        float ``Z Y X``.
    """
    how = SEARCH[volume.ndim]
    tried = [
        _with_round_nuclei(network, volume, read_image(network, volume, likely, (step, 1, 1)))
        for step in how.plane_distances
    ]

    def worth(one: tuple[Reading, bool]) -> float:
        reading, confirmed = one
        weight = reading.confidence**how.sureness * reading.relative_scale**how.flatness
        return reading.evidence * weight * (1 if confirmed else how.unconfirmed)

    return max(tried, key=worth)[0]


def _with_round_nuclei(
    network: Network, volume: np.ndarray, reading: Reading
) -> tuple[Reading, bool]:
    """Correct the plane distance until nuclei look as long along Z as across.

    Returns the reading, and whether its nuclei confirm it: those that the frame cuts do not.
    """
    how = SEARCH[volume.ndim]
    for _ in range(how.corrections):
        length = length_along_z(network, volume, reading)
        if not length > 0:
            return reading, False
        if abs(length - 1) < how.change:
            break
        distance = reading.spacing[0] / length
        again = read_image(network, volume, reading.read_at, (distance, 1, 1))
        if again.explained < how.explained * reading.explained:
            break
        reading = again
    return reading, True


def length_along_z(network: Network, volume: np.ndarray, reading: Reading) -> float:
    """Return the median ratio of the extent of nuclei along Z to that across.

    It is nan without nuclei, and if the frame cuts all of them.
    """
    if reading.empty:
        return math.nan
    values = with_bright_nuclei(volume, reading.inverted)
    seen = [
        find_in_window(network, values, window, reading.scales)
        for window in choose_windows(values, reading.scales, SEARCH[volume.ndim].windows)
    ]
    confidence = np.concatenate([g.confidence * ~g.nuclei.cut for g in seen])
    spread = np.concatenate([g.nuclei.spread for g in seen])
    across = np.sqrt(spread[:, 1] * spread[:, 2])
    return weighted_median(spread[:, 0] / np.maximum(across, 1e-6), confidence**2)


def read_windows(
    read: Callable[[np.ndarray], Reading], pixels: Windowed, windows: Sequence[Window]
) -> Reading:
    """Estimate polarity and scale of a large image from a few of its windows.

    Parameters
    ----------
    read
        Estimates them for one window.
    pixels
        The image.
    windows
        The windows to read, those with most structure.

    Returns
    -------
    Reading
        The median over the windows that agree on the polarity; empty if no window shows nuclei.
    """
    readings = [read(pixels[window]) for window in windows]
    seen = [reading for reading in readings if not reading.empty]
    if not seen:
        return readings[0]
    dark = sum(r.explained for r in seen if r.inverted) > sum(
        r.explained for r in seen if not r.inverted
    )
    alike = sorted((r for r in seen if r.inverted == dark), key=lambda reading: reading.diameter)
    return alike[len(alike) // 2]
