"""An umpire without labels: a run and the built-in model vote nucleus by nucleus.

Where both agree on an image, the run's label map stands: its outlines follow the light of these
very images. Where they part, both are judged alike, by what the built-in network says of the pixels
of each nucleus, and place by place the surer reading stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from adgan.builtin.doubt import describe
from adgan.builtin.elect import elect
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.segmenting import expected_f1, find, steadiness
from adgan.builtin.survey import read_image
from adgan.data.scale import nearest
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1

AGREED = {2: 0.95, 3: 0.6}
"""F1 between both label maps from which the run's stands as it is, by number of axes. Of three sets
of images the run's outlines were better on the one where both agreed by .96, and the election's
nuclei on those where they agreed by .91 and .88. On eight volumes of bbbc050, where they agree by
.67 to 1, a run's F1 is .94 and the election's .87 (docs/results.md)."""
ALIKE = {2: None, 3: 0.5}
"""IoU from which a nucleus keeps the outline that the run gives it, by number of axes. The light of
volumes spreads along Z, and people outline what they see of it, as a run learns to."""


@dataclass(frozen=True)
class Elected:
    """A label map that was voted for.

    Attributes
    ----------
    labels
        uint32, of the image's own shape, from 1 without gaps.
    sure
        Chance of each nucleus to be right.
    missed
        Nuclei that there seem to be beyond those.
    steady
        See :func:`adgan.builtin.segmenting.steadiness`; 1 where it was not asked for.
    """

    labels: np.ndarray
    sure: np.ndarray
    missed: float
    steady: float = 1.0

    @property
    def f1(self) -> float:
        """The F1 to expect."""
        return self.steady * expected_f1(self.sure, float(self.sure.sum()) + self.missed)


def umpire(
    labels: np.ndarray,
    pixels: np.ndarray,
    likely: float | None = None,
    device: torch.device | None = None,
    judged: bool = False,
    network: Network | None = None,
    spacing: Sequence[float] | None = None,
) -> Elected | None:
    """Let a run's label map and the built-in model's vote.

    Parameters
    ----------
    labels
        Of the run, from 1 without gaps.
    pixels
        ``(Z) Y X``, nuclei bright.
    likely
        Median diameter of the nuclei in pixels, tried first.
    device
        To compute on; the CPU when absent.
    judged
        Whether the F1 to expect is asked for, which takes a second look.
    network
        That votes; the built-in one when absent, else its student.
    spacing
        Size of a pixel along each axis, if it is known.

    Returns
    -------
    Elected or None
        None where the built-in model sees nothing.
    """
    network = network or builtin_network(pixels.ndim)
    reading = read_image(network, pixels, likely, spacing)
    if reading.empty:
        return None
    assert network.doubt is not None
    found = find(network, pixels, reading, device=device)
    described = describe(nearest(labels, found.small.shape), found.maps, found.seen)
    number = int(labels.max(initial=0))
    sure = np.zeros(number)
    there = network.doubt.sureness(described)
    sure[: len(there)] = there
    elected, chances = labels.astype(np.uint32), sure
    if f1(count_overlap(found.labels, labels)) < AGREED[pixels.ndim]:
        elected, chances = elect(labels, sure, found.labels, found.sure, ALIKE[pixels.ndim])
    steady = steadiness(network, pixels, reading, found, device) if judged else 1.0
    return Elected(elected, chances, max(0.0, found.expected - float(chances.sum())), steady)
