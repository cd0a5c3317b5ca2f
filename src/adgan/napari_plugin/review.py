"""The order in which nuclei are reviewed, the least sure first, and what was said of them."""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from adgan.report.colours import OKABE_ITO
from adgan.report.trust import BANDS, LIMITS

SEEN = OKABE_ITO["green"]
"""Colour of nuclei that a person accepted or changed."""
PLAIN = (170, 170, 170)
"""Colour of nuclei of which nothing is known."""
DIMMEST = 0.6
"""Brightness of the dimmest nucleus of one colour."""
GOLDEN = 0.618
"""Its multiples lie apart from each other, so that brightness tells labels apart."""


@dataclass
class Review:
    """A label map under review.

    Attributes
    ----------
    labels
        Of any rank; the viewer's own array, which changes.
    sure
        Confidence by label; labels that a person drew have none.
    accepted
        Labels that a person accepted or changed.
    changes
        How often something was changed.
    """

    labels: np.ndarray
    sure: dict[int, float]
    accepted: set[int] = field(default_factory=set)
    changes: int = 0

    def waiting(self) -> list[int]:
        """Return the labels still to be looked at, the least sure first."""
        left = [label for label in self.sure if label not in self.accepted]
        return sorted(left, key=lambda label: (self.sure[label], label))

    def following(self, current: int) -> int | None:
        """Return the next label to look at after one, from the start again after the last.

        Labels that are gone from the map are passed over.
        """
        left = self.waiting()
        if current in left:
            at = left.index(current) + 1
            left = left[at:] + left[:at]
        return next((label for label in left if np.any(self.labels == label)), None)

    def touched(self, *numbers: int) -> None:
        """Remember that a person changed some nuclei: they need no further look."""
        self.changes += 1
        self.accepted.update(numbers)

    def fresh(self) -> int:
        """Return a label that no nucleus has, nor had."""
        return max([int(self.labels.max(initial=0)), *self.sure, *self.accepted]) + 1

    def place(self, number: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the middle of a nucleus and its extent, in pixels along each axis.

        The middle is a pixel of the nucleus, also of a bent one; None if it is gone.
        """
        where = np.nonzero(self.labels == number)
        if not len(where[0]):
            return None
        points = np.column_stack(where)
        mean = points.mean(axis=0)
        middle = points[np.argmin(((points - mean) ** 2).sum(axis=1))]
        return middle, np.ptp(points, axis=0) + 1

    def colour(self, number: int) -> np.ndarray:
        """Return the colour that says how sure a nucleus is, float 0 to 1, ``(3,)``.

        Nuclei that are as sure differ a little in brightness, so that two that touch are two.
        """
        if number in self.accepted:
            base = SEEN
        elif number not in self.sure:
            base = PLAIN
        else:
            band = int(np.searchsorted(LIMITS, self.sure[number], side="right"))
            base = list(BANDS.values())[band][0]
        return np.array(base) / 255 * (DIMMEST + (1 - DIMMEST) * (number * GOLDEN % 1))


def told_by(painted: np.ndarray, labels: np.ndarray) -> dict[int, float]:
    """Return the confidence of each label from a map whose nuclei are filled with theirs.

    Parameters
    ----------
    painted
        As ``segment --confidence`` writes it.
    labels
        Of the same shape.
    """
    numbers = np.unique(labels)
    numbers = numbers[numbers > 0]
    values = ndimage.maximum(painted, labels, numbers) if numbers.size else []
    return dict(zip(numbers.tolist(), map(float, values), strict=True))
