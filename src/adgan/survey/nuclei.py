"""Nuclei found by plain means at one working size: good enough to measure, not to deliver."""

from dataclasses import dataclass, replace

import edt
import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_li
from skimage.segmentation import expand_labels, watershed

from adgan.image.resample import BLUR, centre, rescale
from adgan.image.stretch import limits, stretch
from adgan.labels.labelmap import ball, means, radius_of

WORKING = 7.0
"""Pixels that the radius is brought to; all lengths below are shares of it."""
SIDE = {2: 480, 3: 84}
"""Working pixels per axis, at most: the middle of larger images stands for them."""
LARGEST = 2.5
"""Working pixels per pixel, at most: what is smaller than three pixels is noise or debris."""
SMOOTH = 0.13
"""Standard deviation of the smoothing, in radii: it quiets noise and grain, and keeps the rim."""
RIM = 0.4
"""Where a nucleus ends, between the light around it and its own: a blurred ball's rim lies
somewhat under one half, as the light of a curved rim leaks out more than in."""
CLEAR = 4.0
"""Contrast, in deviations of the smoothed background, that noise alone does not reach."""
NORMAL = 0.6745
"""Median of the absolute values of a normal variable, in standard deviations."""
ROUND = 0.87
"""Share of ellipsoids among an image's regions that those of noise alone do not reach."""


@dataclass(frozen=True)
class Nuclei:
    """One row per nucleus whose middle lies in the frame, lengths in pixels of the last axis.

    ``axes`` are the semi-axes, longest first, of the ellipsoid of equal moments; ``reach`` is
    the same measured along the axes of the image, ``(Z) Y X``; ``radius`` that of the ball of
    equal size; ``fit`` the share of the ellipsoid that is filled, 1 for an ellipsoid and less
    for a clump; ``contrast`` the light above that around it, in the image's own counts;
    ``clarity`` one number for all, their light above the surroundings in standard deviations of
    the smoothed background, infinite where the built-in model saw them; ``extent`` is the size of
    the part that they lie in and ``start`` where it begins in the image; ``votes`` is how much each
    of them counts.
    """

    centres: np.ndarray
    axes: np.ndarray
    reach: np.ndarray
    radius: np.ndarray
    fit: np.ndarray
    contrast: np.ndarray
    clarity: float
    extent: np.ndarray
    start: np.ndarray
    votes: np.ndarray

    @property
    def clear(self) -> bool:
        """Whether they are brighter than noise makes its regions, or rounder."""
        return self.clarity > CLEAR or bool(len(self.fit) and (self.fit > 0.9).mean() > ROUND)

    def places(self, shares: np.ndarray) -> np.ndarray:
        """Return the centres in pixels of the whole image.

        Parameters
        ----------
        shares
            Pixels of the last axis in a pixel of each axis.
        """
        return np.asarray((self.centres + self.start) / shares)

    def shrunk(self, factor: float) -> "Nuclei":
        """Return them as in an image of `factor` times fewer pixels per axis."""
        names = ("centres", "axes", "reach", "radius", "extent", "start")
        return replace(self, **{name: getattr(self, name) / factor for name in names})


def find_nuclei(image: np.ndarray, shares: np.ndarray, radius: float) -> Nuclei:
    """Find the nuclei of about one size.

    Li's threshold after a square root finds dim nuclei beside bright ones, but draws all of
    them too wide. So each region gets its own threshold between its own light and that around
    it, and is split again by its distance transform.

    Parameters
    ----------
    image
        ``(Z) Y X``.
    shares
        Pixels of the last axis in a pixel of each axis.
    radius
        Expected radius in pixels of the last axis.

    Returns
    -------
    Nuclei
    """
    scale = min(WORKING / radius, LARGEST)
    factors = shares * scale
    part = centre(image, np.ceil(SIDE[image.ndim] / factors))
    light = ndimage.gaussian_filter(rescale(part, factors), WORKING * SMOOTH, mode="nearest")
    low, high = limits(light)
    bright = stretch(light, low, high)
    light = np.clip(light, low, high)
    labels, peaks, depth = _split(_whole(bright > threshold_li(bright)))
    own, around, _ = _levels(labels, depth, light)
    labels, peaks, depth = _split(_whole(light > (around + RIM * (own - around))[labels], labels))
    own, around, noise = _levels(labels, depth, light)
    # Where regions fill the frame, what is left between them says too little.
    noise = max(noise, grain_of(part, factors))
    centres, axes, reach, size, fit = moments(labels)
    inside = ((peaks > 0) & (peaks < np.array(labels.shape) - 1)).all(axis=1)
    keep = inside & (size > 0.35 * WORKING)
    contrast = (own - around)[1:][keep]
    extent = np.array(labels.shape) / scale
    return Nuclei(
        centres=centres[keep] / scale,
        axes=axes[keep] / scale,
        reach=reach[keep] / scale,
        radius=size[keep] / scale,
        fit=fit[keep],
        contrast=contrast,
        clarity=float(np.median(contrast)) / max(noise, 1e-9) if len(contrast) else 0.0,
        extent=extent,
        start=(np.array(image.shape) * shares - extent) / 2,
        # Haze and noise make faint regions of any size; a root lets dim nuclei still be heard.
        votes=np.sqrt(np.clip(contrast, 1e-9, None)),
    )


def grain_of(image: np.ndarray, factors: np.ndarray) -> float:
    """Return what smoothing leaves of the noise between neighbouring pixels.

    Parameters
    ----------
    image
        ``(Z) Y X``.
    factors
        Working pixels per pixel of it.

    Returns
    -------
    float
        Standard deviation, in the image's own counts, were the noise of all pixels independent:
        the least that an image without anything in it has.
    """
    steps = np.abs(np.diff(image.astype(np.float32), axis=-1))
    sigma = float(np.median(steps)) / (NORMAL * np.sqrt(2)) if steps.size else 0.0
    # Of the smoothing, of what goes before fewer pixels, and of interpolation between pixels.
    spread = np.sqrt(((WORKING * SMOOTH) ** 2 + BLUR**2) / factors**2 + 1 / 6)
    return float(sigma / np.sqrt(2 * np.sqrt(np.pi) * spread).prod())


def _whole(mask: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """Remove specks and fill holes that are smaller than a nucleus, such as nucleoli."""
    if labels is not None:
        mask = mask & (labels > 0)
    mask = ndimage.binary_opening(mask)
    holes, _ = ndimage.label(~mask)
    small = np.bincount(holes.ravel()) < 3 * (0.4 * WORKING) ** mask.ndim
    small[0] = False
    return mask | small[holes]


def _split(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels by distance watershed, their peaks (label ``k`` in row k - 1), distances."""
    depth = edt.edt(np.ascontiguousarray(mask))
    smooth = ndimage.gaussian_filter(depth, 0.15 * WORKING)
    peaks = peak_local_max(
        smooth,
        min_distance=round(WORKING / 2),
        threshold_abs=1,
        labels=mask.astype(np.uint8),
        exclude_border=False,
    )
    seeds = np.zeros(mask.shape, np.int32)
    if not len(peaks):
        return seeds, np.zeros((0, mask.ndim), int), depth
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-smooth, seeds, mask=mask), peaks, depth


def _levels(
    labels: np.ndarray, depth: np.ndarray, light: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the light of each region's core and of a ring around it, and the rest's noise."""
    count = int(labels.max()) + 1
    deepest = np.zeros(count, depth.dtype)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    core = np.where(depth > deepest[labels] / 2, labels, 0)
    outside = np.ascontiguousarray(labels == 0)
    # Not at the rim itself, where the nucleus's own light still falls.
    beyond = outside & (edt.edt(outside) > 0.2 * WORKING)
    near = expand_labels(labels, 0.8 * WORKING)
    ring = np.where(beyond, near, 0)
    own, _ = means(light, core, count)
    around, pixels = means(light, ring, count)
    dark = light[near == 0]
    noise = float(dark.std()) if dark.size else 0.0
    return own, np.where(pixels > 0, around, np.percentile(light, 5)), noise


def moments(labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return centres, semi-axes, reaches, radii of equal size and fits, one row a label.

    A solid ellipsoid of semi-axis ``a`` in ``n`` dimensions has variance ``a**2 / (n + 2)``
    along it.
    """
    rank, count = labels.ndim, int(labels.max())
    where = np.nonzero(labels)
    label = labels[where] - 1
    size = np.maximum(np.bincount(label, minlength=count), 1).astype(float)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(label, values, minlength=count) / size

    centres = np.stack([mean(axis) for axis in where], axis=-1)
    spread = np.empty((count, rank, rank))
    for i in range(rank):
        for j in range(rank):
            spread[:, i, j] = mean((where[i] * where[j]).astype(float))
            spread[:, i, j] -= centres[:, i] * centres[:, j]
    # A pixel is no point: a twelfth is the variance within it.
    spread += np.eye(rank) / 12
    variances = np.clip(np.linalg.eigvalsh(spread)[:, ::-1], 1 / 12, None)
    axes = np.sqrt((rank + 2) * variances)
    reach = np.sqrt((rank + 2) * np.diagonal(spread, axis1=1, axis2=2))
    filled = size / (ball(1.0, rank) * axes.prod(axis=1))
    return centres, axes, reach, radius_of(size, rank), filled
