"""How good the masks of a generator are, judged without labels.

Two things are asked of it. Its mask must not hang on how the image lies: translations of the
image turned and flipped agree once turned back. And it must be of the image: bright where the
image is, its brightness made even. Each alone can be fooled, by an empty mask or by a blurred
copy of the image; masks that are plainly no nuclei count nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.batches import random_crop
from adgan.system.seeding import generator

WINDOWS = {2: 8, 3: 4}
"""Windows looked at."""
DRAWS = 5
"""Places tried for each window, of which the one with most to see is taken."""
FOREGROUND = (0.003, 0.8)
"""Share of nucleus outside which a mask is no answer."""
RELATED = 0.2
"""Least correlation of mask and image; a mask of noise, or of the background, has less."""
ALIKE = 0.5
"""Correlation between masks of different images from which they are one and the same."""


@dataclass(frozen=True)
class Check:
    """What the masks of some windows are like; from 0 (or -1) to 1 each.

    Parameters
    ----------
    agreement
        Soft DICE between the views of an image.
    correlation
        Pearson's, of mask and image.
    foreground
        Mean of the mask.
    alike
        Mean correlation of the masks of windows that show different things; 0 where none do.
    """

    agreement: float
    correlation: float
    foreground: float
    alike: float

    @property
    def sane(self) -> bool:
        """Whether the masks can be of nuclei at all."""
        low, high = FOREGROUND
        return low <= self.foreground <= high and self.correlation >= RELATED and self.alike < ALIKE

    @property
    def score(self) -> float:
        """What checkpoints are compared by: higher is better, 0 where masks make no sense."""
        return self.agreement * self.correlation if self.sane else 0.0


def probe_windows(images: Sequence[np.ndarray], seed: int, side: Sequence[int]) -> list[np.ndarray]:
    """Cut windows in which there is something to see.

    Parameters
    ----------
    images
        ``(Z) Y X``, any real dtype; the windows may reach over those that are smaller, which are
        continued by reflection.
    seed
        Of the choice.
    side
        Longest sides of a window, in pixels.

    Returns
    -------
    list of numpy.ndarray
        At most :data:`WINDOWS`, of one shape, from different images if there are as many.
    """
    rng = generator(seed, "probe")
    rank = images[0].ndim
    usual = np.median([image.shape for image in images], axis=0)
    shape = tuple(int(min(s, n)) for s, n in zip(side, usual, strict=True))
    chosen = rng.permutation(len(images))
    windows = []
    for number in range(WINDOWS[rank]):
        image = images[chosen[number % len(chosen)]]
        draws = [random_crop(rng, image, shape) for _ in range(DRAWS)]
        windows.append(max(draws, key=np.std))
    return windows


def check_masks(windows: Sequence[np.ndarray], views: Sequence[Sequence[np.ndarray]]) -> Check:
    """Judge the masks of some windows.

    Parameters
    ----------
    windows
        The images ``(Z) Y X``, of one shape.
    views
        For each window its masks, 0 to 1, one a view, turned back.

    Returns
    -------
    Check
    """
    masks = np.array(views, np.float32)
    mean = masks.mean(axis=1)
    shared = 2 * (masks * mean[:, None]).sum()
    total = (masks**2).sum() + masks.shape[1] * (mean**2).sum()
    return Check(
        agreement=float(shared / total) if total > 0 else 1.0,
        correlation=_correlation(mean, np.array(windows)),
        foreground=float(mean.mean()),
        alike=_likeness(mean, windows),
    )


def consensus(looks: Sequence[np.ndarray]) -> list[float]:
    """Say how far the masks of each of several networks are those that most of them draw.

    Networks that fail do so each in a way of its own, by seed and by step; what they find in
    common is in the image.

    Parameters
    ----------
    looks
        For each network its masks of the same windows, 0 to 1, all of one shape.

    Returns
    -------
    list of float
        Soft DICE with the median of all, 0 to 1.
    """
    usual = np.median(np.array(looks, np.float32), axis=0)
    found = []
    for masks in looks:
        mine = masks.astype(np.float32)
        total = float((mine**2).sum() + (usual**2).sum())
        found.append(2 * float((mine * usual).sum()) / total if total > 0 else 1.0)
    return found


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation, 0 where one of the two does not vary."""
    a, b = one - one.mean(), other - other.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def _likeness(masks: np.ndarray, windows: Sequence[np.ndarray]) -> float:
    """Mean correlation over pairs of masks, but for those of windows that are alike themselves.

    Windows of a single small image show the same.
    """
    pairs = [
        _correlation(masks[i], masks[j])
        for i in range(len(masks))
        for j in range(i + 1, len(masks))
        if _correlation(windows[i], windows[j]) < ALIKE
    ]
    return float(np.mean(pairs)) if pairs else 0.0
