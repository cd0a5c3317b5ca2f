"""Find nuclei with the built-in model in an image at the working size."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from adgan.builtin.confidence import NucleusFeatures, expected_number, measure_features
from adgan.builtin.decoding import DECODING
from adgan.builtin.network import Network
from adgan.instances.votes import Maps, find_nuclei


@dataclass(frozen=True)
class Found:
    """The nuclei that the built-in model finds in an image, or in a window of one.

    Attributes
    ----------
    labels
        Label map, uint32, of the shape of the image or window.
    working
        The same pixels at the working size, nuclei bright, float32.
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


def find_in(
    network: Network,
    working: np.ndarray,
    seen: np.ndarray,
    enlarged: Callable[..., np.ndarray],
    threshold: float | None = None,
    device: torch.device | None = None,
) -> Found:
    """Find the nuclei of an image, or of a window of one, that is at the working size.

    Parameters
    ----------
    network
        The built-in network with its confidence model.
    working, seen
        See :class:`Found`.
    enlarged
        Enlarges a label map to the size of the image, see
        :func:`adgan.builtin.resample.labels_at`.
    threshold
        Foreground probability threshold (default: those of :data:`DECODING`).
    device
        Device of torch (default: that of the network).
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
