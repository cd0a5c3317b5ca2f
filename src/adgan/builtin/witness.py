"""Compare a label map with the nuclei that the built-in model finds in the same image.

The built-in model learnt from simulation, a trained one from the images at hand. A nucleus that
both find is probably real; where they differ, one of them is wrong.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.survey import read_image
from adgan.metrics import count_overlap
from adgan.metrics.matching import expected_f1


@dataclass(frozen=True)
class Confirmation:
    """When the built-in model confirms a nucleus.

    Parameters
    ----------
    low, high
        IoU with the best match of the built-in model up to which a nucleus counts as not
        confirmed, and from which it counts as fully confirmed; linear in between.
    found
        IoU above which a nucleus of the built-in model is found in the label map.
    """

    low: float = 0.2
    high: float = 0.6
    found: float = 0.5


CONFIRMATION = Confirmation()


@dataclass(frozen=True)
class Testimony:
    """How far the built-in model confirms a label map.

    Attributes
    ----------
    confirmed
        Confirmation of each label from 1, 0 to 1, ``(N,)``.
    missed
        Expected number of nuclei that the built-in model finds and the label map lacks.
    """

    confirmed: np.ndarray
    missed: float

    @property
    def f1(self) -> float:
        """The expected F1 if the built-in model is right."""
        return expected_f1(self.confirmed, self.missed)


def testify(
    labels: np.ndarray,
    pixels: np.ndarray,
    likely: float | None = None,
    spacing: Sequence[float] | None = None,
) -> Testimony:
    """Compare a label map with the nuclei that the built-in model finds.

    Parameters
    ----------
    labels
        Label map of the image, labels 1 to N.
    pixels
        ``(Z) Y X``, nuclei bright.
    likely
        Diameter of the nuclei in pixels to try first.
    spacing
        Pixel size along each axis, see :func:`adgan.builtin.survey.read_image`.
    """
    network, number = builtin_network(pixels.ndim), int(labels.max(initial=0))
    reading = read_image(network, pixels, likely, spacing)
    if reading.empty:
        return nothing_confirmed(number)
    found = measure_image(network, pixels, reading).find()
    return hold_against(labels, number, found.labels, found.confidence)


def nothing_confirmed(number: int) -> Testimony:
    """Return the testimony on `number` nuclei in an image where the built-in model sees none."""
    return Testimony(np.zeros(number), 0.0)


def hold_against(
    labels: np.ndarray,
    number: int,
    found: np.ndarray,
    confidence: np.ndarray,
    inner: Sequence[tuple[int, int]] | None = None,
) -> Testimony:
    """Compare a label map with the nuclei of the built-in model in the same pixels.

    Parameters
    ----------
    labels
        Label map, or a window of one, with some of the labels 1 to `number`.
    number
        Number of labels.
    found
        Label map of the built-in model, or the same window of it.
    confidence
        Probability that each of its nuclei is correct, ``(N,)``.
    inner
        Start and stop along each axis of the part in which missed nuclei are counted, from which
        their number is extrapolated to all pixels (default, and if the part is empty: all pixels).
    """
    table = count_overlap(found, labels)
    confirmed = np.zeros(number + 1)
    how = CONFIRMATION
    mine = table.truth_labels[table.truth].astype(int)
    np.maximum.at(confirmed, mine, np.clip((table.iou - how.low) / (how.high - how.low), 0, 1))
    seen = np.zeros(len(confidence) + 1, bool)
    seen[table.predicted_labels[table.predicted[table.iou > how.found]].astype(int)] = True
    missed = np.flatnonzero(~seen[1:]) + 1
    share = 1.0
    if inner and all(stop > start for start, stop in inner):
        share = math.prod(stop - start for start, stop in inner) / found.size
        centres = np.reshape(ndimage.center_of_mass(found > 0, found, missed), (-1, found.ndim))
        ends = np.array(inner)
        missed = missed[((centres >= ends[:, 0]) & (centres < ends[:, 1])).all(axis=1)]
    return Testimony(confirmed[1:], float(confidence[missed - 1].sum()) / share)
