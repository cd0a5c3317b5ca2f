"""Merge two label maps of one image: at each place, the more probable nuclei are kept.

The boundary of a nucleus that both maps have is drawn midway between both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.segmentation import expand_labels

from adgan.instances.regions import largest_pieces
from adgan.labels.labelmap import means
from adgan.metrics.matching import f1, match
from adgan.metrics.overlap import count_overlap


@dataclass(frozen=True)
class Merging:
    """How two label maps of one image become one.

    Parameters
    ----------
    agreed
        F1 between both label maps from which they agree on an image. Below, one of them fails, and
        its boundaries are worth little.
    advantage
        By how much more probable the nuclei of the first map, that of a run, must be than those of
        the second at one place to win it: confidence in those of a run is a little too high.
    overlap
        Fraction of the smaller of two nuclei that must overlap for them to compete for one place.
    lone
        Probability at which a nucleus that only one map has is kept: about half of the expected
        F1.
    same_iou
        IoU from which two nuclei, one per map, are two outlines of one nucleus, of which that of
        the first map is kept. When None, the more probable one is kept.
    smoothing
        Standard deviation in working pixels with which the mean of both masks is smoothed: the
        boundary of a nucleus that both have is where this mean is one half. When None, boundaries
        stay.
    keeps_first
        Median size of the nuclei of the first map, that of a run, relative to those of the second
        at the same places, from which the first map is kept as it is if both agree. When None,
        both are merged. The median over the training images of the run counts, if it is known.
    same_f1, same_size
        F1 from which, and relative size up to which, both are merged nevertheless: they show the
        same nuclei, equally large, and boundaries midway are closer to the truth. When None, this
        changes nothing.
    covered
        Fraction of a nucleus that the mask of each map must cover for the boundary to be moved.
    reach
        Largest distance by which a boundary is moved outwards, in standard deviations.
    """

    agreed: float = 0.7
    advantage: float = 0.1
    overlap: float = 0.3
    lone: float = 0.4
    same_iou: float | None = None
    smoothing: float | None = 1.0
    covered: float = 0.5
    reach: float = 3.0
    keeps_first: float | None = None
    same_f1: float | None = None
    same_size: float = 1.1


MERGING = {
    2: Merging(),
    3: Merging(agreed=0.6, advantage=0.0, same_iou=0.5, keeps_first=0.9, same_f1=0.9),
}
"""Parameters by number of axes.

Annotators outline some of the blur along Z, and a run, whose map is the first, learns to do the
same; one that draws nuclei smaller than the built-in model has not learnt where they end.
docs/results.md has the measurements.
"""


@dataclass(frozen=True)
class Agreement:
    """How far two label maps of the same image, or of the same windows of it, agree.

    Attributes
    ----------
    ndim
        Number of axes.
    f1
        Mean F1 between both maps of a window.
    size
        Median size of the nuclei of the first map relative to those of the second with which they
        match; None if none do.
    """

    ndim: int
    f1: float
    size: float | None

    def given(self, usual: "Agreement | None") -> "Agreement":
        """Return the agreement on a volume, given that on the training images of the run.

        How large a run draws nuclei is a property of the run, and cannot be measured on a few of
        them. In images, where boundaries lie midway anyway, and for runs of which it is not known,
        the agreement stays.
        """
        if usual is None or MERGING[self.ndim].keeps_first is None:
            return self
        return replace(self, f1=(self.f1 + usual.f1) / 2, size=usual.size)

    @property
    def agreed(self) -> bool:
        """Whether both maps agree, as :data:`MERGING` defines it."""
        return self.f1 >= MERGING[self.ndim].agreed

    @property
    def keeps_first(self) -> bool:
        """Whether the first map is kept as it is."""
        how = MERGING[self.ndim]
        if how.keeps_first is None or not self.agreed:
            return False
        return self.size is None or (self.size >= how.keeps_first and not self.same)

    @property
    def same(self) -> bool:
        """Whether both maps show the same nuclei, equally large."""
        how = MERGING[self.ndim]
        if how.same_f1 is None or self.size is None:
            return False
        return self.f1 >= how.same_f1 and self.size < how.same_size


def compare(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Agreement:
    """Compare the label maps of a run, first, and of the built-in model in some windows."""
    scores, sizes = [], [np.zeros(0)]
    for first, second in pairs:
        table = count_overlap(first, second)
        same = match(table)
        scores.append(f1(table))
        sizes.append(table.predicted_sizes[same.predicted] / table.truth_sizes[same.truth])
    relative = np.concatenate(sizes)
    size = float(np.median(relative)) if len(relative) else None
    return Agreement(first.ndim, float(np.mean(scores)), size)


def merge_label_maps(
    first: np.ndarray,
    first_confidence: np.ndarray,
    second: np.ndarray,
    second_confidence: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Merge two label maps; at each place the nuclei that are more probable are kept.

    Overlapping nuclei of the two maps form a place, such as one nucleus in one map and two in the
    other. The map whose nuclei have the higher mean probability wins the place; the first needs an
    advantage. A nucleus that the other map lacks is kept if it is probable enough.

    Parameters
    ----------
    first, second
        Label maps of one shape, labels from 1.
    first_confidence, second_confidence
        Probability that each nucleus is correct, ``(N,)``.

    Returns
    -------
    labels
        uint32, from 1 without gaps.
    confidence
        Probability of each nucleus, ``(N,)``.
    """
    how = MERGING[first.ndim]
    confidence = np.concatenate([first_confidence, second_confidence])
    if not len(confidence):
        return np.zeros(first.shape, np.uint32), confidence
    table = count_overlap(first, second)
    ours, theirs = table.predicted, table.truth
    smaller = np.minimum(table.predicted_sizes[ours], table.truth_sizes[theirs])
    met = table.shared > how.overlap * smaller
    one = table.predicted_labels[ours[met]].astype(int) - 1
    other = table.truth_labels[theirs[met]].astype(int) - 1 + len(first_confidence)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(confidence), len(confidence)))
    number, place = connected_components(graph, directed=False)

    is_first = np.arange(len(confidence)) < len(first_confidence)
    mean_confidence = np.full((2, number), np.nan)
    for side, mine in enumerate((is_first, ~is_first)):
        found, count = means(confidence[mine], place[mine], number)
        mean_confidence[side] = np.where(count > 0, found, how.lone)
    first_wins = mean_confidence[0] >= mean_confidence[1] + how.advantage
    if how.same_iou is not None:
        pairs = np.bincount(place, minlength=number)[place[one]] == 2
        first_wins[place[one[pairs & (table.iou[met] >= how.same_iou)]]] = True
    stands = np.where(is_first, first_wins[place], ~first_wins[place])

    labels = np.zeros(first.shape, np.uint32)
    numbers = np.concatenate([[0], np.cumsum(stands) * stands]).astype(np.uint32)
    taken = numbers[: len(first_confidence) + 1][first]
    beside = np.concatenate([[0], numbers[len(first_confidence) + 1 :]]).astype(np.uint32)[second]
    labels = np.where(taken > 0, taken, beside)
    return labels, confidence[stands]


def draw_midway(
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    sigma: Sequence[float],
) -> np.ndarray:
    """Draw the boundaries of nuclei that two masks cover midway between those of the masks.

    One model draws nuclei a little too tight, another a little too wide; the mean of both is
    closer to the truth than either (docs/results.md). Pixels on which both masks agree stay.

    Parameters
    ----------
    labels
        Label map, uint32, labels from 1 without gaps.
    first, second
        Masks of the same shape.
    sigma
        Standard deviation in pixels per axis with which the mean of both masks is smoothed.

    Returns
    -------
    numpy.ndarray
        Label map, uint32, with the same labels; none is lost, and those that move are in one
        piece.
    """
    how = MERGING[labels.ndim]
    sizes = np.maximum(np.bincount(labels.ravel()), 1)
    covers = [np.bincount(labels.ravel(), mask.ravel()) / sizes for mask in (first, second)]
    moved = np.minimum(*covers) > how.covered
    moved[0] = False
    mean = gaussian_filter((first.astype(np.float32) + second) / 2, sigma)
    grown = expand_labels(labels, how.reach * float(max(sigma)))
    inside = np.where(first == second, first, mean >= 0.5)
    drawn = largest_pieces((np.where(moved[grown], inside, labels > 0) * grown).astype(np.uint32))
    lost = np.bincount(drawn.ravel(), minlength=len(sizes)) == 0
    return np.where(lost[labels], labels, drawn)
