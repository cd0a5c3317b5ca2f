"""The nuclei of one image as ellipsoids: positions, sizes, shapes and contrasts."""

from dataclasses import dataclass, replace

import numpy as np

from adgan.labels.labelmap import ball, means, radius_of
from adgan.survey.settings import SURVEYING


@dataclass(frozen=True)
class Nuclei:
    """Nuclei whose centre lies in the image: one row each, lengths in pixels of the last axis.

    Parameters
    ----------
    centres
        Positions ``(Z) Y X`` in the part that was segmented, ``(N, ndim)``.
    axes
        Semi-axes of the ellipsoid with the same second moments, longest first, ``(N, ndim)``.
    radius
        Radius of the disc or ball of equal size, ``(N,)``.
    fit
        Size of the nucleus relative to the ellipsoid, ``(N,)``: 1 for an ellipsoid, less for a
        clump.
    contrast
        Intensity above that of the local background, in the units of the image, ``(N,)``.
    extent
        Sides of the part that was segmented, ``(ndim,)``.
    start
        First corner of this part in the image, ``(ndim,)``.
    weights
        Weight of each nucleus in the statistics of sizes, ``(N,)``.
    cut
        Whether the border of the part cuts each nucleus, bool ``(N,)``.
    """

    centres: np.ndarray
    axes: np.ndarray
    radius: np.ndarray
    fit: np.ndarray
    contrast: np.ndarray
    extent: np.ndarray
    start: np.ndarray
    weights: np.ndarray
    cut: np.ndarray

    @property
    def single(self) -> np.ndarray:
        """Whether each region is a single nucleus rather than a clump, bool ``(N,)``."""
        return np.asarray(self.fit > SURVEYING[self.axes.shape[1]].fit_min)

    def places(self, sides: np.ndarray) -> np.ndarray:
        """Return the centres in pixels of the whole image, ``(N, ndim)``.

        `sides` are the relative pixel sides, see :attr:`adgan.builtin.reading.Reading.spacing`.
        """
        return np.asarray((self.centres + self.start) / sides)

    def shrunk(self, factor: float) -> "Nuclei":
        """Return the nuclei as in an image with `factor` times fewer pixels along each axis."""
        names = ("centres", "axes", "radius", "extent", "start")
        return replace(self, **{name: getattr(self, name) / factor for name in names})


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
    centres, axes, radius, fit
        As in :class:`Nuclei`, float64, one row per label.
    """
    ndim, count = labels.ndim, int(labels.max())
    where = np.nonzero(labels)
    label = labels[where]

    def mean(values: np.ndarray) -> np.ndarray:
        return means(values, label, count + 1)[0][1:]

    centres = np.stack([mean(axis) for axis in where], axis=-1)
    spread = np.empty((count, ndim, ndim))
    for i in range(ndim):
        for j in range(ndim):
            spread[:, i, j] = mean((where[i] * where[j]).astype(float))
            spread[:, i, j] -= centres[:, i] * centres[:, j]
    # A pixel has an extent: the variance within it is 1/12.
    spread += np.eye(ndim) / 12
    variances = np.clip(np.linalg.eigvalsh(spread)[:, ::-1], 1 / 12, None)
    axes = np.sqrt((ndim + 2) * variances)
    size = np.maximum(np.bincount(label, minlength=count + 1)[1:], 1).astype(float)
    fit = size / (ball(1.0, ndim) * axes.prod(axis=1))
    return centres, axes, radius_of(size, ndim), fit
