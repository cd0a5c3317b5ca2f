"""A survey of images: the nuclei that they show, and the corrections that each image needs.

The built-in model surveys images, a classical segmentation surveys volumes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.confidence import local_background
from adgan.builtin.network import builtin_network
from adgan.builtin.segmenting import Found, find
from adgan.builtin.settings import SEARCH
from adgan.builtin.survey import read_image
from adgan.builtin.windows import choose_windows
from adgan.labels.labelmap import means
from adgan.survey.blobs import blob_radius
from adgan.survey.handling import (
    Handling,
    are_rounder,
    group_factors,
    may_be_inverted,
    median_radius,
    usual_radius,
)
from adgan.survey.nuclei import Nuclei, find_nuclei, measure_ellipsoids
from adgan.survey.ranges import quantile, weights_of
from adgan.survey.settings import NUCLEI, SURVEYING


@dataclass(frozen=True)
class ImageSurvey:
    """The nuclei of one image.

    Parameters
    ----------
    blob_radius
        Radius of blobs, in pixels of the last axis; nan if there are none or none were sought.
    nuclei
        Nuclei of the image, or of its negative if it is `inverted`; None if there are none.
    inverted
        Whether the nuclei are darker than their surroundings.
    shape
        Shape of the image.
    """

    blob_radius: float
    nuclei: Nuclei | None
    inverted: bool = False
    shape: tuple[int, ...] = ()

    @property
    def radius(self) -> float:
        """Median semi-major axis, in pixels of the last axis; nan if there are too few nuclei."""
        return median_radius(self.nuclei)

    @property
    def guess(self) -> float:
        """The same from however few nuclei; nan if there are none."""
        return median_radius(self.nuclei, 1)


def survey_image(
    image: np.ndarray, sides: Sequence[float], expected: float | None = None
) -> ImageSurvey:
    """Survey one image.

    Parameters
    ----------
    image
        ``(Z) Y X``, any real dtype and any unit of intensity.
    sides
        Relative pixel sides: the length of a pixel along each axis, in pixels of the last axis.
    expected
        Radius that is tried first, in pixels of the last axis (default: none). If the nuclei have
        about this radius, no other one is tried, which takes a fraction of the time.
    """
    if image.ndim == 2:
        return _survey_plane(image, expected)
    relative = np.asarray(sides, float)
    blobs, nuclei = _measure(image, relative, expected)
    if len(image) <= SURVEYING[3].thin and (nuclei is None or not nuclei.clear):
        return _survey_projection(image, relative)
    if not may_be_inverted(image):
        return ImageSurvey(blobs, nuclei, shape=image.shape)
    negative = _measure(-image.astype(np.float32), relative, expected)
    if not are_rounder(negative[1], nuclei):
        return ImageSurvey(blobs, nuclei, shape=image.shape)
    return ImageSurvey(*negative, inverted=True, shape=image.shape)


def _survey_plane(image: np.ndarray, expected: float | None) -> ImageSurvey:
    """Survey a 2D image by the built-in model: scale and polarity, then the part richest in nuclei.

    `expected` is a radius in pixels that is tried first.
    """
    network, how = builtin_network(), SURVEYING[2]
    diameter = None if expected is None else 2 * expected / how.semi_major
    reading = read_image(network, image, diameter)
    if reading.empty:
        return ImageSurvey(float("nan"), None, shape=image.shape)
    window = choose_windows(image, reading.scales, 1, how.side)[0]
    found = find(network, image[window], reading)
    if not len(found.confidence):
        return ImageSurvey(reading.diameter / 2, None, reading.inverted, image.shape)
    nuclei = _nuclei_of(found, [w.start for w in window], reading.scale)
    return ImageSurvey(reading.diameter / 2, nuclei, reading.inverted, image.shape)


def _survey_projection(volume: np.ndarray, sides: np.ndarray) -> ImageSurvey:
    """Survey the maximum projection of a volume of few planes, which show no nucleus whole.

    Nuclei are assumed to be as long along Z as they are wide.
    """
    projected = _survey_plane(volume.max(axis=0), None)
    if projected.nuclei is None:
        return ImageSurvey(float("nan"), None, shape=volume.shape)
    flat, depth = projected.nuclei, len(volume) * float(sides[0])
    middle = np.full((len(flat.radius), 1), depth / 2)
    width = np.sqrt(flat.axes[:, :1] * flat.axes[:, 1:])
    nuclei = replace(
        flat,
        centres=np.hstack([middle, flat.centres]),
        axes=np.stack([flat.axes[:, 0], width[:, 0], flat.axes[:, 1]], axis=1),
        reach=np.hstack([width, flat.reach]),
        extent=np.append(depth, flat.extent),
        start=np.append(0.0, flat.start),
    )
    return ImageSurvey(projected.blob_radius, nuclei, projected.inverted, volume.shape)


def _nuclei_of(found: Found, start: Sequence[int], scale: float) -> Nuclei:
    """Return the nuclei that the built-in model found in a part of an image.

    `start` is the first corner of the part in the image, in pixels; `scale` the number of working
    pixels per pixel.
    """
    centres, axes, reach, radius, fit = measure_ellipsoids(found.small)
    own, _ = means(found.working, found.small, len(radius) + 1)
    contrast = (own - local_background(found.small, found.working))[1:]
    # Nuclei that the border cuts do not count towards sizes if there are enough others.
    weights = found.confidence**2
    if (weights * ~found.nuclei.cut).sum() > SEARCH[found.labels.ndim].off_border * weights.sum():
        weights = weights * ~found.nuclei.cut
    return Nuclei(
        centres / scale, axes / scale, reach / scale, radius / scale, fit, contrast, np.inf,
        np.array(found.small.shape) / scale, np.array(start, float), weights,
    )  # fmt: skip


def _measure(
    image: np.ndarray, sides: np.ndarray, expected: float | None
) -> tuple[float, Nuclei | None]:
    """Return the blob radius and the nuclei of one volume; nan and None if there are none."""
    how = SURVEYING[image.ndim]
    if expected is not None:
        found = find_nuclei(image, sides, expected)
        if 1 / how.expected_ratio < median_radius(found) / expected < how.expected_ratio:
            return float("nan"), found
    blobs = radius = blob_radius(image, sides)
    if blobs is None or radius is None:
        return float("nan"), None
    for _ in range(how.rounds):
        found = find_nuclei(image, sides, radius)
        if not len(found.radius):
            return blobs, None
        last, radius = radius, quantile(found.radius, 0.5, weights_of(found))
        if abs(radius / last - 1) < how.change or radius < NUCLEI[image.ndim].radius_min:
            break
    return blobs, found


def survey_images(images: Sequence[np.ndarray], sides: Sequence[float]) -> list[ImageSurvey]:
    """Survey several images; in 2D, the median radius of the first ones is expected of the others.

    Parameters
    ----------
    images
        ``(Z) Y X``, all with the same number of axes.
    sides
        Relative pixel sides, see :func:`survey_image`.
    """
    surveys: list[ImageSurvey] = []
    for image in images:
        known = [one.radius for one in surveys if one.radius > 0]
        use_known = image.ndim == 2 and len(known) >= SURVEYING[2].known
        expected = float(np.median(known)) if use_known else None
        surveys.append(survey_image(image, sides, expected))
    return surveys


def handle(
    images: Sequence[np.ndarray],
    sides: Sequence[float],
    usual: float | None = None,
    expected: float | None = None,
) -> tuple[list[Handling], float]:
    """Determine the corrections of each image.

    Parameters
    ----------
    images
        ``(Z) Y X``, all with the same number of axes. Of a large set, evenly spaced images are
        surveyed first, and the others only if one of these needs a correction.
    sides
        Relative pixel sides, see :func:`survey_image`.
    usual
        Median semi-major axis to which the factor 1 refers, in pixels of the last axis (default:
        that of most of these images).
    expected
        Radius that is tried first, see :func:`survey_image`.

    Returns
    -------
    handlings
        One per image.
    usual
        Median semi-major axis to which the factor 1 refers; nan if it is unknown.
    """
    chosen = evenly_spaced(len(images), images[0].ndim)
    surveys = {i: survey_image(images[i], sides, expected) for i in chosen}
    handlings, usual = _handle(list(surveys.values()), usual)
    if len(surveys) == len(images):
        return handlings, usual
    if all(handling == Handling() for handling in handlings):
        return [Handling()] * len(images), usual
    every = [
        surveys.get(i) or survey_image(image, sides, expected) for i, image in enumerate(images)
    ]
    return _handle(every, usual)


def factors_of(surveys: Sequence[ImageSurvey], radii: Sequence[float], usual: float) -> list[float]:
    """Return the scale factor of each image from the radius in its survey.

    Parameters
    ----------
    surveys
        One per image.
    radii
        Median semi-major axis of each image, nan if it is unknown or does not count.
    usual
        Radius to which the factor 1 refers.
    """
    return group_factors(
        radii, usual, [one.guess for one in surveys], [one.shape for one in surveys]
    )


def _handle(surveys: Sequence[ImageSurvey], usual: float | None) -> tuple[list[Handling], float]:
    """Return the corrections of images from their surveys, and the radius of factor 1."""
    radii = [one.radius for one in surveys]
    usual = usual_radius(radii) if usual is None else usual
    factors = factors_of(surveys, radii, usual)
    return [Handling(f, one.inverted) for f, one in zip(factors, surveys, strict=True)], usual


def evenly_spaced(number: int, rank: int) -> list[int]:
    """Return the indices of the images to survey out of `number`, evenly spaced over all.

    There are at most ``SURVEYING[rank].images`` for images with `rank` axes.
    """
    count = min(number, SURVEYING[rank].images)
    return [int(i) for i in np.linspace(0, number - 1, count).round()]
