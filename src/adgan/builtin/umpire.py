"""An umpire without labels: a run and the built-in model vote nucleus by nucleus.

Where both agree on an image, the run's label map stands: its outlines follow the light of these
very images. Where they part, both are judged alike, by what the built-in network says of the pixels
of each nucleus, and place by place the surer reading stands.
"""

from dataclasses import dataclass

import numpy as np

from adgan.builtin.doubt import Doubt, describe
from adgan.builtin.elect import elect
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.segmenting import Found, find, steadiness
from adgan.builtin.survey import read_image
from adgan.data.scale import nearest
from adgan.metrics import count_overlap
from adgan.metrics.expected import expected_f1
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
    """Let a run's label map and what the built-in model finds vote.

    Parameters
    ----------
    labels
        Of the run, ``(Z) Y X``, from 1 without gaps.
    found
        In the same pixels by the built-in model.
    doubt
        Says how sure a nucleus is.
    agreed
        Whether the run's nuclei stand as they are; told from both maps when absent.

    Returns
    -------
    labels
        uint32, from 1 without gaps.
    sure
        Chance of each nucleus to be right.
    """
    sure = np.zeros(int(labels.max(initial=0)))
    there = doubt.sureness(describe(nearest(labels, found.small.shape), found.maps, found.seen))
    sure[: len(there)] = there
    if agreed is None:
        agreed = f1(count_overlap(found.labels, labels)) >= AGREED[labels.ndim]
    if agreed:
        return labels.astype(np.uint32), sure
    return elect(labels, sure, found.labels, found.sure, ALIKE[labels.ndim])


def umpire(
    labels: np.ndarray,
    pixels: np.ndarray,
    likely: float | None = None,
    network: Network | None = None,
) -> Elected | None:
    """Let a run's label map and the built-in model's vote on an image, and judge the result.

    Parameters
    ----------
    labels
        Of the run, from 1 without gaps.
    pixels
        ``(Z) Y X``, nuclei bright.
    likely
        Median diameter of the nuclei in pixels, tried first.
    network
        That votes; the built-in one when absent, else its student.

    Returns
    -------
    Elected or None
        None where the built-in model sees nothing.
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
