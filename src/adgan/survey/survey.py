"""The survey of a set of images, from which sizes, scenes, corrections and verdict follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adgan.errors import AdganError
from adgan.survey.handling import Handling
from adgan.survey.image import ImageSurvey, survey_image, survey_polarity
from adgan.survey.settings import SURVEYING
from adgan.survey.size import SizeEstimate, combine_surveys, magnifications

Spacing = Sequence[float] | None
"""Pixel size along each axis, ``(Z) Y X``; only ratios count. None if it is unknown."""


@dataclass(frozen=True)
class Survey:
    """The survey of a set of images.

    A training makes one survey. Its settings, its scenes, the corrections of its images and its
    verdict follow from it.

    Parameters
    ----------
    images
        One survey for each image that was surveyed.
    indices
        Indices of these images in the set.
    """

    images: tuple[ImageSurvey, ...]
    indices: tuple[int, ...]

    @cached_property
    def sizes(self) -> SizeEstimate:
        """Size, shape and number of the nuclei, for simulating scenes.

        Raises
        ------
        AdganError
            If none of the images shows nuclei.
        """
        return combine_surveys(self.images, self.indices)

    def handlings(self, usual: float | None = None) -> tuple[list[Handling], float]:
        """Return the corrections of each surveyed image.

        Parameters
        ----------
        usual
            Median semi-major axis to which the factor 1 refers, in pixels of the last axis
            (default: that of most of these images).

        Returns
        -------
        handlings
            One per surveyed image.
        usual
            Median semi-major axis to which the factor 1 refers; nan if it is unknown.
        """
        radii = [one.radius for one in self.images]
        factors, usual = magnifications(self.images, radii, usual)
        pairs = zip(factors, self.images, strict=True)
        return [Handling(factor, one.inverted) for factor, one in pairs], usual


def survey_images(
    images: Sequence[np.ndarray], spacings: Sequence[Spacing], expected: float | None = None
) -> Survey:
    """Survey a set of images; of a large set, evenly spaced ones.

    Parameters
    ----------
    images
        ``(Z) Y X``, all with the same number of axes.
    spacings
        Pixel size of each image, see :func:`adgan.survey.image.survey_image`.
    expected
        Median diameter that is tried first, in pixels of the last axis (default: that of the first
        images is tried on the others).
    """
    indices, how = evenly_spaced(len(images), images[0].ndim), SURVEYING[images[0].ndim]
    surveys: list[ImageSurvey] = []
    for i in indices:
        known = [one.radius for one in surveys if one.radius > 0]
        enough = len(known) >= how.known
        usual = 2 * float(np.median(known)) / how.semi_major if enough else None
        surveys.append(survey_image(images[i], spacings[i], expected or usual))
    return Survey(tuple(surveys), tuple(indices))


def estimate_sizes(images: Sequence[np.ndarray], spacing: Spacing = None) -> SizeEstimate:
    """Estimate the size, shape and number of nuclei without labels.

    Parameters
    ----------
    images
        Arrays ``(Z) Y X``, all with the same number of axes, any real dtype and any unit of
        intensity. Of a large set, at most 24 images or 6 volumes, evenly spaced, are surveyed.
    spacing
        Pixel size along each axis, ``(Z) Y X``; only ratios matter (default: pixels are cubes, and
        the plane distance of volumes is estimated).

    Returns
    -------
    SizeEstimate

    Raises
    ------
    AdganError
        If there are no images, or no nuclei stand out in any of them.
    """
    if not len(images):
        raise AdganError("no images to estimate nucleus sizes from: give at least one")
    return survey_images(images, [spacing] * len(images)).sizes


def handle(
    images: Sequence[np.ndarray],
    spacings: Sequence[Spacing],
    usual: float | None = None,
    expected: float | None = None,
    known: Survey | None = None,
) -> tuple[list[Handling], float]:
    """Determine the corrections of each image.

    Parameters
    ----------
    images
        ``(Z) Y X``, all with the same number of axes. Of a large set, evenly spaced images are
        surveyed first, and the others only if one of these needs a correction.
    spacings
        Pixel size of each image along each axis, at which nuclei are about round.
    expected
        See :func:`adgan.survey.image.survey_image`.
    usual
        See :meth:`Survey.handlings`.
    known
        Survey of these images (default: they are surveyed).

    Returns
    -------
    handlings, usual
        See :meth:`Survey.handlings`; one per image.
    """

    def survey(i: int) -> ImageSurvey:
        one = images[i]
        return (survey_image if one.ndim == 2 else survey_polarity)(one, spacings[i], expected)

    indices = known.indices if known else tuple(evenly_spaced(len(images), images[0].ndim))
    some = known or Survey(tuple(survey(i) for i in indices), indices)
    handlings, usual = some.handlings(usual)
    if len(indices) == len(images):
        return handlings, usual
    if all(handling == Handling() for handling in handlings):
        return [Handling()] * len(images), usual
    done = dict(zip(indices, some.images, strict=True))
    every = range(len(images))
    return Survey(tuple(done.get(i) or survey(i) for i in every), tuple(every)).handlings(usual)


def evenly_spaced(number: int, ndim: int) -> list[int]:
    """Return the indices of the images to survey out of `number`, evenly spaced over all.

    There are at most ``SURVEYING[ndim].images`` for images with `ndim` axes.
    """
    count = min(number, SURVEYING[ndim].images)
    return [int(i) for i in np.linspace(0, number - 1, count).round()]
