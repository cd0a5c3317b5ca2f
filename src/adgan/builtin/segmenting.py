"""An image to labels by the built-in model: no training, one path for all sizes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from adgan.builtin.decoding import DECODING
from adgan.builtin.doubt import Described, describe, expected_number
from adgan.builtin.light import measure_light, negative
from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.builtin.resample import labels_to_full, to_working
from adgan.instances.votes import Maps, find_nuclei
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.views import PLAIN


@dataclass(frozen=True)
class Found:
    """What the built-in model finds in one image.

    Attributes
    ----------
    labels
        uint32, of the image's own shape.
    working
        The image at the working size, nuclei bright, float32.
    seen
        The same as the network saw it.
    maps, small
        What the network said and the labels that came of it, at the same pixels.
    nuclei
        Of `small`, one row a label.
    sure
        Chance of each nucleus to be right, ``(N,)``.
    expected
        Number of nuclei that the maps tell of.
    """

    labels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    maps: Maps
    small: np.ndarray
    nuclei: Described
    sure: np.ndarray
    expected: float

    @property
    def missed(self) -> float:
        """Number of nuclei that the maps tell of beyond those found."""
        return max(0.0, self.expected - float(self.sure.sum()))


def find(
    network: Network,
    pixels: np.ndarray,
    reading: Reading,
    threshold: float | None = None,
    device: torch.device | None = None,
) -> Found:
    """Find the nuclei of one image.

    Parameters
    ----------
    network
        The built-in one, with its doubt.
    pixels
        ``(Z) Y X``, native dtype.
    reading
        Of this image, see :func:`adgan.builtin.survey.read_image`; not an empty one.
    threshold
        Probability from which a pixel is nucleus; that of :data:`DECODING` when absent.
    device
        To compute on; the CPU when absent.
    """
    values = np.nan_to_num(pixels.astype(np.float32), copy=False)
    if reading.inverted:
        values = negative(values)
    working = to_working(values, reading.scales)
    seen = measure_light(working).apply(working)
    return find_in(
        network, working, seen, partial(labels_to_full, shape=pixels.shape), threshold, device
    )


def find_in(
    network: Network,
    working: np.ndarray,
    seen: np.ndarray,
    enlarged: Callable[..., np.ndarray],
    threshold: float | None = None,
    device: torch.device | None = None,
) -> Found:
    """Find the nuclei of an image, or a part of one, that is at the working size.

    Parameters
    ----------
    network, threshold, device
        As for :func:`find`.
    working, seen
        As :class:`Found` has them.
    enlarged
        Brings a label map to the image's own size, as :func:`labels_to_full` does.
    """
    assert network.doubt is not None
    decoding = DECODING[seen.ndim]
    voting = decoding.voting
    if threshold is not None:
        voting = replace(voting, foreground=threshold)
    maps = network.maps(seen, device, network.views)
    small = find_nuclei(maps, voting)
    nuclei = describe(small, maps, seen)
    sure = network.doubt.sureness(nuclei)
    labels = enlarged(small, maps.foreground, threshold=voting.foreground)
    # What has no pixel at the image's own size is no nucleus at the working size either.
    stays = np.append(False, sure >= decoding.chance)
    seen_at_all = np.zeros(len(stays), bool)
    seen_at_all[labels] = True
    stays &= seen_at_all
    numbers = (np.cumsum(stays) * stays).astype(np.uint32)
    return Found(
        numbers[labels],
        working,
        seen,
        maps,
        numbers[small],
        nuclei.only(stays[1:]),
        sure[stays[1:]],
        expected_number(maps),
    )


def steadiness(
    network: Network,
    pixels: np.ndarray,
    reading: Reading,
    found: Found,
    device: torch.device | None = None,
) -> float:
    """Return how far an image gives the same nuclei once more at a coarser scale, as an F1.

    Chances that were fitted in simulation are too high on hard images of other kinds; there the
    nuclei found change with the scale, whatever the kind: the expected F1 is the product of both.

    Parameters
    ----------
    network, pixels, reading, device
        As for :func:`find`.
    found
        What it found.
    """
    coarser = replace(reading, diameter=reading.diameter / DECODING[pixels.ndim].coarser)
    again = find(replace(network, views=PLAIN), pixels, coarser, device=device)
    return f1(count_overlap(found.labels, again.labels))
