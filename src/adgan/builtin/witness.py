"""A label map held against what the built-in model finds in the same image.

The built-in model learnt from simulation and the trained one from the images at hand: where both
draw the same nucleus, it is there; where they part, one of them is wrong.
"""

from dataclasses import dataclass

import numpy as np

from adgan.builtin.network import builtin_network
from adgan.builtin.segmenting import find
from adgan.builtin.survey import read_image
from adgan.metrics import count_overlap
from adgan.metrics.expected import expected_f1

NO, YES = 0.2, 0.6
"""IoU with the nearest nucleus of the witness at which one is not confirmed at all, and fully."""
FOUND = 0.5
"""IoU from which a nucleus of the witness is not missed."""


@dataclass(frozen=True)
class Testimony:
    """What the witness says of a label map.

    Attributes
    ----------
    confirmed
        One value per label from 1, 0 to 1: how far the witness draws the same nucleus.
    missed
        Nuclei that the witness is sure of and the map lacks, each counted by its chance.
    """

    confirmed: np.ndarray
    missed: float

    @property
    def f1(self) -> float:
        """The expected F1 if the witness is right."""
        return expected_f1(self.confirmed, self.missed)


def testify(labels: np.ndarray, pixels: np.ndarray, likely: float | None = None) -> Testimony:
    """Hold a label map against the built-in model.

    Parameters
    ----------
    labels
        Of the image, labels 1 to N.
    pixels
        ``Y X``, nuclei bright.
    likely
        Median diameter of the nuclei in pixels, tried first.
    """
    network, number = builtin_network(), int(labels.max(initial=0))
    reading = read_image(network, pixels, likely)
    if reading.empty:
        return Testimony(np.zeros(number), 0.0)
    found = find(network, pixels, reading)
    table = count_overlap(found.labels, labels)
    confirmed = np.zeros(number + 1)
    mine = table.truth_labels[table.truth].astype(int)
    np.maximum.at(confirmed, mine, np.clip((table.iou - NO) / (YES - NO), 0, 1))
    seen = np.zeros(len(found.sure) + 1, bool)
    seen[table.predicted_labels[table.predicted[table.iou > FOUND]].astype(int)] = True
    return Testimony(confirmed[1:], float(found.sure[~seen[1:]].sum()))
