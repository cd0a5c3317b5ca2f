"""Segment an image with the built-in model, without training."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from adgan.builtin.confidence import NucleusFeatures, expected_number, measure_features
from adgan.builtin.decoding import DECODING
from adgan.builtin.network import Network
from adgan.builtin.normalisation import measure_normalisation, with_bright_nuclei
from adgan.builtin.reading import Reading
from adgan.builtin.resample import labels_to_full, to_working
from adgan.image.views import PLAIN
from adgan.instances.votes import Maps, find_nuclei
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1


@dataclass(frozen=True)
class Found:
    """The nuclei that the built-in model finds in one image.

    Attributes
    ----------
    labels
        Label map, uint32, of the shape of the image.
    working
        The image at the working size, nuclei bright, float32.
    seen
        The same with normalised intensities, the input of the network.
    maps, small
        Output of the network and the label map decoded from it, at the working size.
    nuclei
        Features of the nuclei, one row per label.
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    expected
        Expected number of nuclei, see :func:`adgan.builtin.confidence.expected_number`.
    """

    labels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    maps: Maps
    small: np.ndarray
    nuclei: NucleusFeatures
    confidence: np.ndarray
    expected: float

    @property
    def missed(self) -> float:
        """Expected number of nuclei that were not found."""
        return max(0.0, self.expected - float(self.confidence.sum()))


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
        The built-in network with its confidence model.
    pixels
        ``(Z) Y X``, native dtype.
    reading
        Reading of this image, see :func:`adgan.builtin.survey.read_image`; not an empty one.
    threshold
        Foreground probability threshold (default: those of :data:`DECODING`).
    device
        Device of torch (default: that of the network).
    """
    values = np.nan_to_num(pixels.astype(np.float32), copy=False)
    values = with_bright_nuclei(values, reading.inverted)
    working = to_working(values, reading.scales)
    seen = measure_normalisation(working).apply(working)
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
    """Find the nuclei of an image, or of a window, that is already at the working size.

    Parameters
    ----------
    network, threshold, device
        See :func:`find`.
    working, seen
        See :class:`Found`.
    enlarged
        Enlarges a label map to the size of the image, as :func:`labels_to_full` does.
    """
    assert network.confidence_model is not None
    decoding = DECODING[seen.ndim]
    voting, outline = decoding.voting, decoding.outline
    if threshold is not None:
        voting, outline = replace(voting, foreground=threshold), threshold
    maps = network.maps(seen, device, network.views)
    small = find_nuclei(maps, voting)
    nuclei = measure_features(small, maps, seen)
    confidence = network.confidence_model.probability(nuclei)
    labels = enlarged(small, maps.foreground, threshold=outline)
    # A nucleus without pixels in the full-size label map is removed from the small one as well.
    stays = np.append(False, confidence >= decoding.confidence_min)
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
        confidence[stays[1:]],
        expected_number(maps),
    )


def measure_stability(
    network: Network,
    pixels: np.ndarray,
    reading: Reading,
    found: Found,
    device: torch.device | None = None,
) -> float:
    """Return the F1 between the nuclei of an image and those found at a coarser scale.

    The confidence model was fitted in simulation and is too optimistic on hard images of other
    kinds. On such images the nuclei change with the scale. The expected F1 is therefore multiplied
    by this value.

    Parameters
    ----------
    network, pixels, reading, device
        See :func:`find`.
    found
        The nuclei at the working size.
    """
    scale = DECODING[pixels.ndim].stability_scale
    coarser = replace(reading, diameter=reading.diameter / scale)
    again = find(replace(network, views=PLAIN), pixels, coarser, device=device)
    return f1(count_overlap(found.labels, again.labels))
