"""Find the nuclei of an image by classical segmentation, well enough to measure their sizes.

The image is brought to a working size at which nuclei have a radius of seven pixels. The result is
not accurate enough to serve as a segmentation.
"""

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
from adgan.survey.settings import NUCLEI


@dataclass(frozen=True)
class Nuclei:
    """Nuclei whose centre lies in the image: one row each, lengths in pixels of the last axis.

    Parameters
    ----------
    centres
        Positions ``(Z) Y X`` in the part that was segmented, ``(N, ndim)``.
    axes
        Semi-axes of the ellipsoid with the same second moments, longest first, ``(N, ndim)``.
    reach
        Half-lengths of this ellipsoid along the axes of the image, ``(Z) Y X``, ``(N, ndim)``.
    radius
        Radius of the disc or ball of equal size, ``(N,)``.
    fit
        Size of the nucleus relative to the ellipsoid, ``(N,)``: 1 for an ellipsoid, less for a
        clump.
    contrast
        Intensity above that of the local background, in the units of the image, ``(N,)``.
    clarity
        Median contrast in standard deviations of the smoothed background; infinite if the built-in
        model found the nuclei.
    extent
        Sides of the part that was segmented, ``(ndim,)``.
    start
        First corner of this part in the image, ``(ndim,)``.
    weights
        Weight of each nucleus in the statistics of sizes, ``(N,)``.
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
    weights: np.ndarray

    @property
    def single(self) -> np.ndarray:
        """Whether each region is a single nucleus rather than a clump, bool ``(N,)``."""
        return np.asarray(self.fit > NUCLEI[self.axes.shape[1]].fit_min)

    @property
    def clear(self) -> bool:
        """Whether the regions are nuclei: brighter, or more often ellipsoidal, than noise is."""
        how = NUCLEI[self.axes.shape[1]]
        if self.clarity > how.clarity_min:
            return True
        return bool(len(self.fit) and self.single.mean() > how.single_min)

    def places(self, sides: np.ndarray) -> np.ndarray:
        """Return the centres in pixels of the whole image, ``(N, ndim)``.

        `sides` are the relative pixel sides, see :func:`find_nuclei`.
        """
        return np.asarray((self.centres + self.start) / sides)

    def shrunk(self, factor: float) -> "Nuclei":
        """Return the nuclei as in an image with `factor` times fewer pixels along each axis."""
        names = ("centres", "axes", "reach", "radius", "extent", "start")
        return replace(self, **{name: getattr(self, name) / factor for name in names})


def find_nuclei(image: np.ndarray, sides: np.ndarray, radius: float) -> Nuclei:
    """Find the nuclei of about one size.

    Li's threshold of the square root of the intensity finds dim nuclei beside bright ones, but
    draws all of them too wide. Each region is therefore thresholded again, between its own
    intensity and that of its background, and split again by its distance transform.

    Parameters
    ----------
    image
        ``(Z) Y X``, any real dtype.
    sides
        Relative pixel sides, ``(ndim,)``: the length of a pixel along each axis, in pixels of the
        last axis.
    radius
        Expected radius of the nuclei, in pixels of the last axis.

    Returns
    -------
    Nuclei
    """
    how = NUCLEI[image.ndim]
    scale = min(how.radius / radius, how.scale_max)
    factors = sides * scale
    part = centre(image, np.ceil(how.side / factors))
    labels, peaks, step, noise = _segment(_smoothed(part, factors))
    # Where regions fill the image, the background left between them underestimates the noise.
    noise = max(noise, remaining_noise(part, factors))
    centres, axes, reach, size, fit = measure_ellipsoids(labels)
    inside = ((peaks > 0) & (peaks < np.array(labels.shape) - 1)).all(axis=1)
    keep = inside & (size > 0.35 * how.radius)
    contrast = step[1:][keep]
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
        start=(np.array(image.shape) * sides - extent) / 2,
        # Haze and noise form faint regions of any size. By the square root, dim nuclei still count.
        weights=np.sqrt(np.clip(contrast, 1e-9, None)),
    )


def remaining_noise(image: np.ndarray, factors: np.ndarray) -> float:
    """Return the noise that remains after an image is rescaled and smoothed.

    It is estimated from the differences between neighbouring pixels, as if the noise of all pixels
    were independent. An image without any structure has at least this noise.

    Parameters
    ----------
    image
        ``(Z) Y X``.
    factors
        Working pixels per pixel along each axis, ``(ndim,)``.

    Returns
    -------
    float
        Standard deviation in the units of the image.
    """
    steps = np.abs(np.diff(image.astype(np.float32), axis=-1))
    # The median of the absolute values of a normal variable is 0.6745 standard deviations.
    sigma = float(np.median(steps)) / (0.6745 * np.sqrt(2)) if steps.size else 0.0
    # Variances of the smoothing, of the blur before rescaling, and of the linear interpolation.
    spread = np.sqrt((NUCLEI[image.ndim].sigma ** 2 + BLUR**2) / factors**2 + 1 / 6)
    return float(sigma / np.sqrt(2 * np.sqrt(np.pi) * spread).prod())


def measure_ellipsoids(labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the centres and the ellipsoids of equal moments of the labels 1 to N.

    A solid ellipsoid of semi-axis ``a`` in ``n`` dimensions has the variance ``a**2 / (n + 2)``
    along this axis.

    Parameters
    ----------
    labels
        Integer label map ``(Z) Y X`` with cubic pixels.

    Returns
    -------
    centres, axes, reach, radius, fit
        As in :class:`Nuclei`, float64, one row per label.
    """
    rank, count = labels.ndim, int(labels.max())
    where = np.nonzero(labels)
    label = labels[where]

    def mean(values: np.ndarray) -> np.ndarray:
        return means(values, label, count + 1)[0][1:]

    centres = np.stack([mean(axis) for axis in where], axis=-1)
    spread = np.empty((count, rank, rank))
    for i in range(rank):
        for j in range(rank):
            spread[:, i, j] = mean((where[i] * where[j]).astype(float))
            spread[:, i, j] -= centres[:, i] * centres[:, j]
    # A pixel has an extent: the variance within it is 1/12.
    spread += np.eye(rank) / 12
    variances = np.clip(np.linalg.eigvalsh(spread)[:, ::-1], 1 / 12, None)
    axes = np.sqrt((rank + 2) * variances)
    reach = np.sqrt((rank + 2) * np.diagonal(spread, axis1=1, axis2=2))
    size = np.maximum(np.bincount(label, minlength=count + 1)[1:], 1).astype(float)
    fit = size / (ball(1.0, rank) * axes.prod(axis=1))
    return centres, axes, reach, radius_of(size, rank), fit


def _smoothed(part: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return a part of an image at the working size, smoothed."""
    sigma = NUCLEI[part.ndim].sigma
    return np.asarray(ndimage.gaussian_filter(rescale(part, factors), sigma, mode="nearest"))


def _segment(intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Segment a smoothed image at the working size.

    Returns the label map, the peak of each label (label ``k`` in row ``k - 1``), the intensity step
    from the background to each label (from 0), and the standard deviation of the background.
    """
    low, high = limits(intensity)
    stretched = stretch(intensity, low, high)
    intensity = np.clip(intensity, low, high)
    labels, _, depth = _split(_cleaned(stretched > threshold_li(stretched)))
    inside, around, _ = _levels(labels, depth, intensity)
    threshold = around + NUCLEI[labels.ndim].boundary * (inside - around)
    labels, peaks, depth = _split(_cleaned((intensity > threshold[labels]) & (labels > 0)))
    inside, around, noise = _levels(labels, depth, intensity)
    return labels, peaks, inside - around, noise


def _cleaned(mask: np.ndarray) -> np.ndarray:
    """Remove specks from a mask, and fill holes smaller than a nucleus, such as nucleoli."""
    mask = ndimage.binary_opening(mask)
    holes, _ = ndimage.label(~mask)
    small = np.bincount(holes.ravel()) < 3 * (0.4 * NUCLEI[mask.ndim].radius) ** mask.ndim
    small[0] = False
    return mask | small[holes]


def _split(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split a mask by a watershed of its distance transform.

    Returns the label map, the peak of each label (label ``k`` in row ``k - 1``), and the distances.
    """
    radius, depth = NUCLEI[mask.ndim].radius, edt.edt(np.ascontiguousarray(mask))
    smooth = ndimage.gaussian_filter(depth, 0.15 * radius)
    peaks = peak_local_max(
        smooth,
        min_distance=round(radius / 2),
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
    labels: np.ndarray, depth: np.ndarray, intensity: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the mean intensity in the core of each label and in a ring around it, from label 0.

    The third value is the standard deviation of the background far from all labels.
    """
    radius, count = NUCLEI[labels.ndim].radius, int(labels.max()) + 1
    deepest = np.zeros(count, depth.dtype)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    core = np.where(depth > deepest[labels] / 2, labels, 0)
    outside = np.ascontiguousarray(labels == 0)
    # Right at the boundary, blurred light of the nucleus would count as background.
    beyond = outside & (edt.edt(outside) > 0.2 * radius)
    near = expand_labels(labels, 0.8 * radius)
    ring = np.where(beyond, near, 0)
    inside, _ = means(intensity, core, count)
    around, pixels = means(intensity, ring, count)
    far = intensity[near == 0]
    noise = float(far.std()) if far.size else 0.0
    return inside, np.where(pixels > 0, around, np.percentile(intensity, 5)), noise
