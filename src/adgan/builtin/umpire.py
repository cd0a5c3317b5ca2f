"""Combine the label maps of a trained run and of the built-in model, nucleus by nucleus.

If both agree on an image, the label map of the run is kept, as its outlines were learnt on these
images. If they differ, the confidence model of the built-in network rates the nuclei of both, and
at each place the more probable ones are kept.
"""

from dataclasses import dataclass

import numpy as np

from adgan.builtin.doubt import Doubt, describe
from adgan.builtin.elect import elect
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.segmenting import Found, find, steadiness
from adgan.builtin.survey import read_image
from adgan.image.scale import nearest
from adgan.metrics import count_overlap
from adgan.metrics.expected import expected_f1
from adgan.metrics.matching import f1

AGREED = {2: 0.95, 3: 0.6}
"""F1 between both label maps from which that of the run is kept as it is, by number of axes. Of
three sets of images, the run was better on the one with an agreement of .96, and the combination on
those with .91 and .88. On eight volumes of bbbc050, with agreements from .67 to 1, the F1 of the
run is .94 and that of the combination .87 (docs/results.md)."""
SAME_OUTLINE_IOU = {2: None, 3: 0.5}
"""IoU from which a nucleus keeps the outline of the run, by number of axes. Volumes are blurred
along Z; annotators outline some of the blur, and a run learns to do the same."""


@dataclass(frozen=True)
class Elected:
    """A combined label map and the confidence in it.

    Attributes
    ----------
    labels
        uint32, of the shape of the image, labels from 1 without gaps.
    sure
        Probability that each nucleus is correct, ``(N,)``.
    missed
        Expected number of missing nuclei.
    steady
        See :func:`adgan.builtin.segmenting.steadiness`.
    """

    labels: np.ndarray
    sure: np.ndarray
    missed: float
    steady: float

    @property
    def f1(self) -> float:
        """The expected F1."""
        return self.steady * expected_f1(self.sure, self.missed)


def vote(
    labels: np.ndarray, found: Found, doubt: Doubt, agreed: bool | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Combine the label map of a run with the nuclei that the built-in model finds.

    Parameters
    ----------
    labels
        Label map of the run, ``(Z) Y X``, labels from 1 without gaps.
    found
        Nuclei of the built-in model in the same pixels.
    doubt
        The confidence model.
    agreed
        True keeps the nuclei of the run, False combines; when None, the F1 between both decides.

    Returns
    -------
    labels
        uint32, labels from 1 without gaps.
    sure
        Probability that each nucleus is correct, ``(N,)``.
    """
    sure = np.zeros(int(labels.max(initial=0)))
    there = doubt.sureness(describe(nearest(labels, found.small.shape), found.maps, found.seen))
    sure[: len(there)] = there
    if agreed is None:
        agreed = f1(count_overlap(found.labels, labels)) >= AGREED[labels.ndim]
    if agreed:
        return labels.astype(np.uint32), sure
    return elect(labels, sure, found.labels, found.sure, SAME_OUTLINE_IOU[labels.ndim])


def umpire(
    labels: np.ndarray,
    pixels: np.ndarray,
    likely: float | None = None,
    network: Network | None = None,
) -> Elected | None:
    """Combine the label map of a run with that of the built-in model, and rate the result.

    Parameters
    ----------
    labels
        Label map of the run, labels from 1 without gaps.
    pixels
        ``(Z) Y X``, nuclei bright.
    likely
        Diameter of the nuclei in pixels to try first.
    network
        The built-in network (default) or its student.

    Returns
    -------
    Elected or None
        None if the built-in model finds no nuclei.
    """
    network = network or builtin_network(pixels.ndim)
    reading = read_image(network, pixels, likely)
    if reading.empty:
        return None
    assert network.doubt is not None
    found = find(network, pixels, reading)
    elected, chances = vote(labels, found, network.doubt)
    steady = steadiness(network, pixels, reading, found)
    return Elected(elected, chances, max(0.0, found.expected - float(chances.sum())), steady)
