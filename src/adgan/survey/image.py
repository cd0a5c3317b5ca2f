"""The survey of one image by the built-in model: scale, polarity, and the nuclei of one part."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from skimage.segmentation import expand_labels

from adgan.builtin.confidence import local_background
from adgan.builtin.decoding import DECODING
from adgan.builtin.measured_image import Found, measure_image
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.settings import SEARCH
from adgan.builtin.survey import cached, read_image
from adgan.builtin.windows import choose_windows, quantile, weighted_median
from adgan.labels.labelmap import means, radius_of
from adgan.survey.nuclei import Nuclei, measure_ellipsoids
from adgan.survey.ranges import weights_of
from adgan.survey.settings import SURVEYING


@dataclass(frozen=True)
class ImageSurvey:
    """What the built-in model finds in one image.

    Parameters
    ----------
    reading
        Diameter and polarity of the nuclei. Its spacing along Z is the plane distance at which the
        nuclei of a volume appear as long along Z as across.
    nuclei
        Nuclei of the part with most structure, of the image or of its negative; None if there are
        none.
    shape
        Shape of the image.
    elongation
        Apparent length of nuclei along Z relative to their width, for the stated voxel size, or for
        cubic voxels if none is stated; 1 for 2D images.
    """

    reading: Reading
    nuclei: Nuclei | None
    shape: tuple[int, ...]
    elongation: float = 1.0

    @property
    def radius(self) -> float:
        """Weighted median of the semi-major axes, in pixels of the last axis.

        It is nan if none of the regions is a single nucleus.
        """
        if self.nuclei is None or not self.nuclei.single.any():
            return math.nan
        return quantile(self.nuclei.axes[:, 0], 0.5, weights_of(self.nuclei))

    @property
    def inverted(self) -> bool:
        """Whether the nuclei are darker than their surroundings."""
        return self.reading.inverted


def survey_image(
    image: np.ndarray, spacing: Sequence[float] | None = None, expected: float | None = None
) -> ImageSurvey:
    """Survey one image; the surveys of the last images are cached.

    Parameters
    ----------
    image
        ``(Z) Y X``, any real dtype and any unit of intensity.
    spacing
        Pixel size along each axis, of which only the ratios count, and only in volumes (default:
        the plane distance is estimated).
    expected
        Median diameter that is tried first, in pixels of the last axis (default: none). If the
        nuclei have about this size, no other one is tried, which takes a fraction of the time.
    """
    network = builtin_network(image.ndim)
    stated = float(spacing[0] / spacing[-1]) if spacing and image.ndim == 3 else None

    def survey() -> ImageSurvey:
        sides = (stated, 1.0, 1.0) if stated else None
        found, length = _measure(network, image, read_image(network, image, expected, sides))
        if length > 0:
            # Nuclei are measured in the volume as AD-GAN sees it, where they are as long as wide.
            sides = (found.reading.spacing[0] / length, 1.0, 1.0)
            reading = read_image(network, image, found.reading.read_at, sides)
            again, _ = _measure(network, image, reading)
            found = again if again.nuclei else found
        return replace(found, elongation=(stated or 1.0) / found.reading.spacing[0])

    question = ("survey", stated, expected, DECODING[image.ndim], SURVEYING[image.ndim])
    return cached(network, image, question, survey)


def survey_polarity(
    volume: np.ndarray, spacing: Sequence[float] | None = None, expected: float | None = None
) -> ImageSurvey:
    """Survey the polarity of a volume, in a fraction of the time of :func:`survey_image`.

    Its nuclei are not measured. Parameters are those of that function.
    """
    reading = read_image(builtin_network(3), volume, expected, spacing)
    return ImageSurvey(reading, None, volume.shape)


def _measure(network: Network, image: np.ndarray, reading: Reading) -> tuple[ImageSurvey, float]:
    """Measure the nuclei of the part of an image with most structure, at the scale of a reading.

    Also returns their apparent length along Z; nan for 2D images and without nuclei.
    """
    if reading.empty:
        return ImageSurvey(reading, None, image.shape), math.nan
    (window,) = choose_windows(image, reading.scales, 1, SURVEYING[image.ndim].side)
    found = measure_image(network, image[window], reading).find()
    if not len(found.confidence):
        return ImageSurvey(reading, None, image.shape), math.nan
    nuclei, length = _nuclei_of(found, window, reading), math.nan
    if image.ndim == 3:
        length = apparent_length(found.small, found.working, nuclei.weights)
    return ImageSurvey(reading, nuclei, image.shape), length


def _nuclei_of(found: Found, window: Sequence[slice], reading: Reading) -> Nuclei:
    """Return the nuclei that were found in a window, with lengths in pixels of the last axis."""
    centres, axes, radius, fit = measure_ellipsoids(found.small)
    own, _ = means(found.working, found.small, len(radius) + 1)
    contrast = (own - local_background(found.small, found.working))[1:]
    cut, scale = found.nuclei.cut, reading.scale
    # Nuclei that the border cuts do not count towards sizes if there are enough others.
    weights = found.confidence**2
    if (weights * ~cut).sum() > SEARCH[found.small.ndim].off_border * weights.sum():
        weights = weights * ~cut
    start = [side.start * step for side, step in zip(window, reading.spacing, strict=True)]
    return Nuclei(
        centres / scale, axes / scale, radius / scale, fit, contrast,
        np.array(found.small.shape) / scale, np.array(start, float), weights, cut,
    )  # fmt: skip


def apparent_length(labels: np.ndarray, light: np.ndarray, weights: np.ndarray) -> float:
    """Return the median apparent length of nuclei along Z, relative to their width.

    Blur along Z makes nuclei appear longer than they are. The built-in model does not count this
    blur as part of a nucleus, but AD-GAN translates what it sees: its scenes must be as long.

    Parameters
    ----------
    labels
        Label map ``Z Y X`` with cubic voxels, labels 1 to N.
    light
        Intensities of the same voxels, nuclei bright.
    weights
        Weight of each nucleus, ``(N,)``.

    Returns
    -------
    float
        Ratio of both lengths; nan if no nucleus has a weight.
    """
    number, how = len(weights) + 1, SURVEYING[3]
    own, sizes = means(light, labels, number)
    around = local_background(labels, light)
    threshold = around + how.boundary * (own - around)
    near = expand_labels(labels, how.reach * radius_of(np.median(sizes[1:]), 3))
    where = np.nonzero((near > 0) & (light > threshold[near]))
    label = near[where]

    def spread(place: np.ndarray) -> np.ndarray:
        first, second = (means(values, label, number)[0] for values in (place, place**2))
        # A voxel has an extent: the variance within it is 1/12.
        return np.sqrt(np.maximum(second - first**2, 0) + 1 / 12)[1:]

    along, down, across = (spread(place.astype(float)) for place in where)
    return weighted_median(along / np.sqrt(down * across), weights)
