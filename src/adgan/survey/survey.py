"""A first look at images: their nuclei, and what is to be done to them.

Images are looked at by the built-in model, volumes by plain means.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.doubt import light_around
from adgan.builtin.glance import windows
from adgan.builtin.look import WHOLE
from adgan.builtin.network import builtin_network
from adgan.builtin.segmenting import Found, find
from adgan.builtin.survey import read_image
from adgan.labels.labelmap import means
from adgan.survey.blobs import blob_radius
from adgan.survey.handling import (
    SURE,
    Handling,
    group_factors,
    leans_dark,
    radius_of,
    rounder,
    usual_radius,
)
from adgan.survey.nuclei import LARGEST, WORKING, Nuclei, find_nuclei, moments
from adgan.survey.ranges import quantile, votes_of

MOST = {2: 24, 3: 6}
"""Images looked at, spread over those given: a set of mixed sizes needs more than a few."""
ROUNDS = 3
NEAR = 1.4
"""Ratio of nuclei to a likely radius up to which they are measured well at once."""


THIN = 12
"""Planes up to which a volume that shows no nuclei whole is looked at from above."""
PART = 480
"""Side in working pixels of the part of an image in which its nuclei are measured."""
FIRST = 3
"""Images looked at without a likely size."""
LONG = 1.2
"""Semi-major axis of a usual nucleus over the radius of a disc as large."""


@dataclass(frozen=True)
class Look:
    """What one image shows.

    Parameters
    ----------
    blobs
        Radius of its blobs in pixels of the last axis, nan where none stand out or were sought.
    nuclei
        Of the image, or of its negative where that is `inverted`; None if there are none.
    inverted
        Whether its nuclei are darker than their surroundings.
    shape
        Of the image.
    """

    blobs: float
    nuclei: Nuclei | None
    inverted: bool = False
    shape: tuple[int, ...] = ()

    @property
    def radius(self) -> float:
        """Median semi-major axis; nan where too few nuclei are sure."""
        return radius_of(self.nuclei, 1 if len(self.shape) == 2 else SURE)

    @property
    def guess(self) -> float:
        """The same from however few nuclei."""
        return radius_of(self.nuclei, 1)


def look(image: np.ndarray, shares: Sequence[float], likely: float | None = None) -> Look:
    """Look at an image.

    Parameters
    ----------
    image
        ``(Z) Y X``, any units of brightness.
    shares
        Pixels of the last axis in a pixel of each axis.
    likely
        Radius in pixels of the last axis that is tried first. Where the nuclei are about as large,
        no other size is looked at, which takes a fraction of the time.
    """
    if image.ndim == 2:
        return _look_built_in(image, likely)
    blobs, nuclei = _measure(image, np.asarray(shares, float), likely)
    if len(image) <= THIN and (nuclei is None or not nuclei.clear):
        return _look_from_above(image, np.asarray(shares, float))
    if not leans_dark(image):
        return Look(blobs, nuclei, shape=image.shape)
    negative = _measure(-image.astype(np.float32), np.asarray(shares, float), likely)
    if not rounder(negative[1], nuclei):
        return Look(blobs, nuclei, shape=image.shape)
    return Look(*negative, inverted=True, shape=image.shape)


def _look_built_in(image: np.ndarray, likely: float | None) -> Look:
    """Look at an image by the built-in model: its scale and sign, then the part of most nuclei."""
    network = builtin_network()
    reading = read_image(network, image, None if likely is None else 2 * likely / LONG)
    if reading.empty:
        return Look(float("nan"), None, shape=image.shape)
    window = windows(image, reading.scales, 1, PART)[0]
    found = find(network, image[window], reading)
    if not len(found.sure):
        return Look(reading.diameter / 2, None, reading.inverted, image.shape)
    nuclei = _nuclei_of(found, [w.start for w in window], reading.scale)
    return Look(reading.diameter / 2, nuclei, reading.inverted, image.shape)


def _look_from_above(volume: np.ndarray, shares: np.ndarray) -> Look:
    """Look at the brightest of a few planes, which show no nucleus whole along Z.

    Nuclei are taken to be as long along Z as they are wide.
    """
    seen = _look_built_in(volume.max(axis=0), None)
    if seen.nuclei is None:
        return Look(float("nan"), None, shape=volume.shape)
    flat, depth = seen.nuclei, len(volume) * float(shares[0])
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
    return Look(seen.blobs, nuclei, seen.inverted, volume.shape)


def _nuclei_of(found: Found, start: Sequence[int], scale: float) -> Nuclei:
    """Return what the built-in model found in a part of an image as sizes are told of it."""
    centres, axes, reach, radius, fit = moments(found.small)
    own, _ = means(found.working, found.small, len(radius) + 1)
    contrast = (own - light_around(found.small, found.working))[1:]
    # Sizes are those of nuclei that the frame does not cut, where there are enough.
    votes = found.sure**2
    if (votes * ~found.nuclei.cut).sum() > WHOLE * votes.sum():
        votes = votes * ~found.nuclei.cut
    return Nuclei(
        centres / scale, axes / scale, reach / scale, radius / scale, fit, contrast, np.inf,
        np.array(found.small.shape) / scale, np.array(start, float), votes,
    )  # fmt: skip


def _measure(
    image: np.ndarray, shares: np.ndarray, likely: float | None
) -> tuple[float, Nuclei | None]:
    """Return the radius of one image's blobs, and its nuclei, None if nothing was found."""
    if likely is not None:
        found = find_nuclei(image, shares, likely)
        if 1 / NEAR < radius_of(found) / likely < NEAR:
            return float("nan"), found
    blobs = radius = blob_radius(image, shares)
    if blobs is None or radius is None:
        return float("nan"), None
    for _ in range(ROUNDS):
        found = find_nuclei(image, shares, radius)
        if not len(found.radius):
            return blobs, None
        last, radius = radius, quantile(found.radius, 0.5, votes_of(found))
        if abs(radius / last - 1) < 0.06 or radius < WORKING / LARGEST:
            break
    return blobs, found


def look_through(images: Sequence[np.ndarray], shares: Sequence[float]) -> list[Look]:
    """Look at several images; the size of the first ones is tried first on those after them."""
    looks: list[Look] = []
    for image in images:
        known = [seen.radius for seen in looks if seen.radius > 0]
        likely = float(np.median(known)) if image.ndim == 2 and len(known) >= FIRST else None
        looks.append(look(image, shares, likely))
    return looks


def handle(
    images: Sequence[np.ndarray],
    shares: Sequence[float],
    usual: float | None = None,
    likely: float | None = None,
) -> tuple[list[Handling], float]:
    """Find out what is to be done to each image.

    Parameters
    ----------
    images
        ``(Z) Y X``, all of one rank. Of many, some spread over all are looked at first, and
        the others only if one of these needs anything.
    shares
        Pixels of the last axis in a pixel of each axis.
    usual
        Median semi-major axis that the factor 1 stands for, in pixels of the last axis; that
        of most of these images when absent.
    likely
        See :func:`look`.

    Returns
    -------
    handlings
        One an image, in their order.
    usual
        The same radius; nan where no image tells it.
    """
    looks = {i: look(images[i], shares, likely) for i in spread(len(images), images[0].ndim)}
    handlings, usual = _handle(list(looks.values()), usual)
    if len(looks) == len(images):
        return handlings, usual
    if all(handling == Handling() for handling in handlings):
        return [Handling()] * len(images), usual
    every = [looks.get(i) or look(image, shares, likely) for i, image in enumerate(images)]
    return _handle(every, usual)


def _handle(looks: Sequence[Look], usual: float | None) -> tuple[list[Handling], float]:
    radii = [seen.radius for seen in looks]
    usual = usual_radius(radii) if usual is None else usual
    guesses, shapes = [seen.guess for seen in looks], [seen.shape for seen in looks]
    factors = group_factors(radii, usual, guesses, shapes)
    return [Handling(f, seen.inverted) for f, seen in zip(factors, looks, strict=True)], usual


def spread(number: int, rank: int) -> list[int]:
    """Return the numbers of the images to look at, evenly spread over all."""
    return [int(i) for i in np.linspace(0, number - 1, min(number, MOST[rank])).round()]
