"""The survey of one image by the built-in model: scale, polarity, and the nuclei of one part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.confidence import local_background
from adgan.builtin.decoding import DECODING
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.segmenting import Found, find
from adgan.builtin.settings import SEARCH
from adgan.builtin.survey import cached, read_image, read_planes
from adgan.builtin.windows import choose_windows
from adgan.labels.labelmap import means
from adgan.survey.elongation import apparent_length
from adgan.survey.handling import median_radius
from adgan.survey.nuclei import Nuclei, counts_of, measure_ellipsoids

PART_SIDE_PIXELS = {2: 480, 3: 96}
"""Side of the part of an image in which nuclei are measured, in working pixels, by number of axes.
"""
SEMI_MAJOR_RADII = 1.2
"""Semi-major axis of a usual nucleus, in radii of a disc or ball of equal size."""


@dataclass(frozen=True)
class ImageSurvey:
    """What the built-in model finds in one image.

    Parameters
    ----------
    reading
        Diameter and polarity of the nuclei. Its spacing along Z is the plane distance at which the
        nuclei of a volume, without their blur, are as long along Z as across.
    nuclei
        Nuclei of the part with most structure, of the image or of its negative; None if there are
        none.
    shape
        Shape of the image.
    elongation
        Apparent length of nuclei along Z relative to their width, for the stated voxel size, or for
        cubic voxels if none is stated; 1 for 2D images.
    blur
        Factor by which nuclei appear longer along Z than without blur; 1 for 2D images.
    """

    reading: Reading
    nuclei: Nuclei | None
    shape: tuple[int, ...]
    elongation: float = 1.0
    blur: float = 1.0

    @property
    def sides(self) -> tuple[float, ...]:
        """Length of a pixel along each axis at which nuclei appear round, in pixels of the last."""
        first, *others = self.reading.spacing
        return (first / self.blur, *others)

    @property
    def radius(self) -> float:
        """Median semi-major axis, in pixels of the last axis; nan if there are no nuclei."""
        return median_radius(self.nuclei)

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
        Median semi-major axis that is tried first, in pixels of the last axis (default: none). If
        the nuclei have about this size, no other one is tried, which takes a fraction of the time.
    """
    network = builtin_network(image.ndim)
    stated = float(spacing[0] / spacing[-1]) if spacing and image.ndim == 3 else None
    diameter = _diameter(expected)

    def survey() -> ImageSurvey:
        if image.ndim == 2:
            return _measure(network, image, read_image(network, image, diameter))
        return _survey_volume(network, image, stated, diameter)

    question = ("survey", stated, diameter, DECODING[image.ndim])
    return cached(network, image, question, survey)


def survey_polarity(
    volume: np.ndarray, spacing: Sequence[float] | None = None, expected: float | None = None
) -> ImageSurvey:
    """Survey the polarity of a volume, in a fraction of the time of :func:`survey_image`.

    Its nuclei are not measured. Parameters are those of that function.
    """
    reading = read_image(builtin_network(3), volume, _diameter(expected), spacing)
    return ImageSurvey(reading, None, volume.shape)


def _diameter(semi_major: float | None) -> float | None:
    """Return the diameter of usual nuclei with a median semi-major axis; None if it is None."""
    return None if semi_major is None else 2 * semi_major / SEMI_MAJOR_RADII


def _survey_volume(
    network: Network, volume: np.ndarray, stated: float | None, diameter: float | None
) -> ImageSurvey:
    """Survey a volume, or its projection if it is thinner than its nuclei are wide.

    `stated` is the plane distance in pixels of the last axis, and `diameter` that of the nuclei,
    tried first, in the same unit; None if unknown.
    """
    reading, step = read_planes(network, volume, diameter, stated), stated or 1.0
    # The diameter is nan if no nuclei were found.
    if not len(volume) * step >= reading.diameter and (found := _survey_projection(volume, step)):
        return found
    found = _measure(network, volume, reading)
    return replace(found, elongation=step / found.sides[0])


def _survey_projection(volume: np.ndarray, step: float) -> ImageSurvey | None:
    """Survey the maximum projection of a volume of few planes, which show no nucleus whole.

    Nuclei are assumed to be as long along Z as they are wide. `step` is the plane distance in
    pixels of the last axis. None if the volume is as thick as nuclei are wide, or shows none.
    """
    projected, depth = survey_image(volume.max(axis=0)), len(volume) * step
    if (flat := projected.nuclei) is None or depth >= projected.reading.diameter:
        return None
    middle = np.full((len(flat.radius), 1), depth / 2)
    width = np.sqrt(flat.axes[:, :1] * flat.axes[:, 1:])
    nuclei = replace(
        flat,
        centres=np.hstack([middle, flat.centres]),
        axes=np.stack([flat.axes[:, 0], width[:, 0], flat.axes[:, 1]], axis=1),
        extent=np.append(depth, flat.extent),
        start=np.append(0.0, flat.start),
    )
    return ImageSurvey(replace(projected.reading, spacing=(step, 1.0, 1.0)), nuclei, volume.shape)


def _measure(network: Network, image: np.ndarray, reading: Reading) -> ImageSurvey:
    """Measure the nuclei of the part of an image with most structure, at the scale of a reading."""
    if reading.empty:
        return ImageSurvey(reading, None, image.shape)
    (window,) = choose_windows(image, reading.scales, 1, PART_SIDE_PIXELS[image.ndim])
    found = find(network, image[window], reading)
    if not len(found.confidence):
        return ImageSurvey(reading, None, image.shape)
    nuclei = _nuclei_of(found, window, reading)
    if image.ndim == 2:
        return ImageSurvey(reading, nuclei, image.shape)
    blur = apparent_length(found.small, found.working, nuclei.weights)
    return ImageSurvey(reading, nuclei.shortened(blur), image.shape, blur=blur)


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
        np.array(found.small.shape) / scale, np.array(start, float), weights,
        counts_of(cut, found.small.ndim),
    )  # fmt: skip
