"""The review of a label map: its order, the least certain nucleus first, and the decisions."""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from adgan.report.colours import OKABE_ITO
from adgan.report.trust import BANDS, LIMITS

REVIEWED_COLOUR = OKABE_ITO["green"]
"""Colour of nuclei that were accepted or changed."""
UNKNOWN_COLOUR = (170, 170, 170)
"""Colour of nuclei without confidence."""
BRIGHTNESS_FLOOR = 0.6
"""Smallest brightness of a nucleus, relative to its colour."""
GOLDEN_RATIO = 0.618
"""Fractions of its multiples are far apart, so that successive labels differ in brightness."""


@dataclass
class Review:
    """A label map under review.

    Attributes
    ----------
    labels
        Label map, any number of axes; the array of the viewer, which changes.
    confidence
        Confidence by label; labels drawn by hand have none.
    accepted
        Labels that were accepted or changed.
    changes
        Number of changes.
    """

    labels: np.ndarray
    confidence: dict[int, float]
    accepted: set[int] = field(default_factory=set)
    changes: int = 0

    def waiting(self) -> list[int]:
        """Return the labels that are not reviewed yet, the least certain first."""
        left = [label for label in self.confidence if label not in self.accepted]
        return sorted(left, key=lambda label: (self.confidence[label], label))

    def following(self, current: int) -> int | None:
        """Return the next label to review after `current`; after the last one the first follows.

        Labels that are no longer in the map are skipped.
        """
        left = self.waiting()
        if current in left:
            at = left.index(current) + 1
            left = left[at:] + left[:at]
        return next((label for label in left if np.any(self.labels == label)), None)

    def touched(self, *numbers: int) -> None:
        """Record a change of some nuclei; they then count as reviewed."""
        self.changes += 1
        self.accepted.update(numbers)

    def fresh(self) -> int:
        """Return a label that no nucleus has or ever had."""
        return max([int(self.labels.max(initial=0)), *self.confidence, *self.accepted]) + 1

    def place(self, number: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the middle and the extent of a nucleus, in pixels along each axis.

        The middle is always a pixel of the nucleus, even if that is bent. Returns None if there is
        no such nucleus.
        """
        where = np.nonzero(self.labels == number)
        if not len(where[0]):
            return None
        points = np.column_stack(where)
        mean = points.mean(axis=0)
        middle = points[np.argmin(((points - mean) ** 2).sum(axis=1))]
        return middle, np.ptp(points, axis=0) + 1

    def colour(self, number: int) -> np.ndarray:
        """Return the colour for the confidence of a nucleus, float 0 to 1, ``(3,)``.

        Nuclei of one colour differ slightly in brightness, so that touching ones can be told apart.
        """
        if number in self.accepted:
            base = REVIEWED_COLOUR
        elif number not in self.confidence:
            base = UNKNOWN_COLOUR
        else:
            band = int(np.searchsorted(LIMITS, self.confidence[number], side="right"))
            base = list(BANDS.values())[band][0]
        brightness = BRIGHTNESS_FLOOR + (1 - BRIGHTNESS_FLOOR) * (number * GOLDEN_RATIO % 1)
        return np.array(base) / 255 * brightness


def told_by(painted: np.ndarray, labels: np.ndarray) -> dict[int, float]:
    """Return the confidence of each label from an image in which nuclei are filled with theirs.

    Parameters
    ----------
    painted
        Confidence image, as ``segment --confidence`` writes it.
    labels
        Label map of the same shape.
    """
    numbers = np.unique(labels)
    numbers = numbers[numbers > 0]
    values = ndimage.maximum(painted, labels, numbers) if numbers.size else []
    return dict(zip(numbers.tolist(), map(float, values), strict=True))
