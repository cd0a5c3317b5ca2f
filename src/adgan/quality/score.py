"""A score for the masks that a generator predicts, computed without labels.

The score has two factors. Agreement: translations of the image turned and flipped agree once they
are turned back. Correlation: the mask is bright where the image is, after its brightness was
evened. Each factor alone can be fooled, by an empty mask or by a blurred copy of the image. Masks
that cannot be masks of nuclei get the score 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.batches import random_crop
from adgan.recipe.quality import CheckSettings
from adgan.system.seeding import generator


@dataclass(frozen=True)
class Check:
    """Properties of the masks of some windows; each is at most 1.

    Parameters
    ----------
    agreement
        Soft DICE between the views of an image, from 0.
    correlation
        Pearson correlation of mask and image, from -1.
    foreground
        Mean of the masks, from 0.
    alike
        Mean correlation between the masks of windows that show different things, from -1; 0 if no
        two windows do.
    """

    agreement: float
    correlation: float
    foreground: float
    alike: float

    def sane(self, how: CheckSettings) -> bool:
        """Whether the masks can be masks of nuclei."""
        low, high = how.foreground
        return (
            low <= self.foreground <= high
            and self.correlation >= how.correlation
            and self.alike < how.same
        )

    def score(self, how: CheckSettings) -> float:
        """Return the score, 0 to 1, by which checkpoints are compared; higher is better."""
        return self.agreement * self.correlation if self.sane(how) else 0.0


def probe_windows(
    images: Sequence[np.ndarray], seed: int, sides: Sequence[int], how: CheckSettings
) -> list[np.ndarray]:
    """Cut windows with much variation out of images.

    Parameters
    ----------
    images
        ``(Z) Y X``, any real dtype. Images smaller than a window are continued by reflection.
    seed
        Seed of the random choice.
    sides
        Largest sides of a window, ``(Z) Y X``, in pixels; a window is at most as large as the
        median image.
    how
        The number of windows, and of crops to choose each from.

    Returns
    -------
    list of numpy.ndarray
        All of one shape, from different images if there are enough of them.
    """
    rng = generator(seed, "probe")
    ndim = images[0].ndim
    median_shape = np.median([image.shape for image in images], axis=0)
    shape = tuple(int(min(s, n)) for s, n in zip(sides, median_shape, strict=True))
    chosen = rng.permutation(len(images))
    windows = []
    for number in range(how.windows[ndim - 2]):
        image = images[chosen[number % len(chosen)]]
        candidates = [random_crop(rng, image, shape) for _ in range(how.candidates)]
        windows.append(max(candidates, key=np.std))
    return windows


def check_masks(
    windows: Sequence[np.ndarray], views: Sequence[Sequence[np.ndarray]], how: CheckSettings
) -> Check:
    """Check the masks of some windows.

    Parameters
    ----------
    windows
        Images ``(Z) Y X``, all of one shape.
    views
        The masks of each window, 0 to 1, one per view, turned back.
    how
        Which windows show the same.
    """
    masks = np.array(views, np.float32)
    mean = masks.mean(axis=1)
    shared = 2 * (masks * mean[:, None]).sum()
    total = (masks**2).sum() + masks.shape[1] * (mean**2).sum()
    return Check(
        agreement=float(shared / total) if total > 0 else 1.0,
        correlation=_correlation(mean, np.array(windows)),
        foreground=float(mean.mean()),
        alike=_likeness(mean, windows, how.same),
    )


def consensus(checks: Sequence[np.ndarray]) -> list[float]:
    """Return how well the masks of each of several networks match the median of all networks.

    Networks that fail do so in different ways, depending on their seed and step. What most
    networks find is in the image.

    Parameters
    ----------
    checks
        The masks of each network for the same windows, 0 to 1, all of one shape.

    Returns
    -------
    list of float
        Soft DICE with the median mask, 0 to 1, one per network.
    """
    median = np.median(np.array(checks, np.float32), axis=0)
    scores = []
    for check in checks:
        masks = check.astype(np.float32)
        total = float((masks**2).sum() + (median**2).sum())
        scores.append(2 * float((masks * median).sum()) / total if total > 0 else 1.0)
    return scores


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Pearson correlation of two arrays; 0 if one of them is constant."""
    a, b = one - one.mean(), other - other.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def _likeness(masks: np.ndarray, windows: Sequence[np.ndarray], same: float) -> float:
    """Return the mean correlation over pairs of masks whose windows differ; 0 without such pairs.

    Windows of a single small image show the same, and so may their masks.
    """
    pairs = [
        _correlation(masks[i], masks[j])
        for i in range(len(masks))
        for j in range(i + 1, len(masks))
        if _correlation(windows[i], windows[j]) < same
    ]
    return float(np.mean(pairs)) if pairs else 0.0
