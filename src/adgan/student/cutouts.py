"""Compose training images from nuclei cut out of real ones: real appearance and known labels.

Where nuclei overlap, their intensities are added, as in a fluorescence microscope. Ghiasi et al.
2021 (arXiv:2012.07177) paste objects of photographs, which are opaque.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.confidence import local_background
from adgan.builtin.settings import TARGETS
from adgan.recipe.student import PastingSettings
from adgan.student.lesson import Lesson, window


@dataclass(frozen=True)
class Cutout:
    """One nucleus: its intensity above the background, float32, and its pixels, boolean."""

    intensity: np.ndarray
    inside: np.ndarray


@dataclass(frozen=True)
class Crowd:
    """How nuclei are placed; all are fractions.

    Attributes
    ----------
    fill
        Part of the image to cover.
    contact
        Nuclei that are placed beside an earlier one.
    overlap
        Largest part of a nucleus that may lie on others.
    """

    fill: float
    contact: float
    overlap: float


def cut_out(lesson: Lesson, how: PastingSettings) -> list[Cutout]:
    """Cut out the nuclei of an image that are most probable."""
    ndim, unit = lesson.labels.ndim, TARGETS[lesson.labels.ndim].unit
    (smallest, largest), fade = how.radii, how.fade
    around = local_background(lesson.labels, lesson.intensity)
    made = []
    for label, box in enumerate(ndimage.find_objects(lesson.labels), start=1):
        if box is None or lesson.cut[label - 1] or lesson.confidence[label - 1] < how.probability:
            continue
        wide = tuple(slice(max(0, s.start - fade), s.stop + fade) for s in box)
        labels = lesson.labels[wide]
        inside = labels == label
        radius = np.count_nonzero(inside) ** (1 / ndim) / 2
        if not smallest * unit < radius < largest * unit:
            continue
        intensity = lesson.intensity[wide] - around[label]
        # Pixels darker than the background, such as the gap to a neighbour, add nothing.
        away = ndimage.distance_transform_edt(~inside)
        fading = np.clip(1 - away / (fade + 1), 0, 1) * ((labels == 0) | inside)
        intensity = np.where(inside, intensity, np.maximum(intensity, 0)) * fading
        made.append(Cutout(intensity.astype(np.float32), inside))
    return made


def cleared(
    rng: np.random.Generator, lesson: Lesson, sides: Sequence[int], sigma: float
) -> np.ndarray:
    """Return a random window of an image without its nuclei, float32.

    The background under nuclei is interpolated from that around them by a Gaussian of standard
    deviation `sigma` in pixels, with noise drawn from it.
    """
    intensity, labels, certain = window(rng, lesson, sides)
    free = ndimage.binary_erosion((labels == 0) & certain, iterations=1)
    if np.count_nonzero(free) < 0.02 * free.size:
        dark = np.percentile(intensity, 2)
        return np.full(intensity.shape, dark, np.float32)
    weight = ndimage.gaussian_filter(free.astype(np.float32), sigma)
    known = np.where(free, intensity, 0).astype(np.float32)
    level = ndimage.gaussian_filter(known, sigma)
    usual = float(np.median(intensity[free]))
    level = (level + 1e-3 * usual) / (weight + 1e-3)
    grain = rng.choice((intensity - level)[free], intensity.shape)
    return np.where(free, intensity, level + grain).astype(np.float32)


def compose(
    rng: np.random.Generator,
    cutouts: Sequence[Cutout],
    ground: np.ndarray,
    crowd: Crowd,
    how: PastingSettings,
) -> tuple[np.ndarray, np.ndarray]:
    """Place nuclei on a background.

    Parameters
    ----------
    rng
        Random generator.
    cutouts
        The nuclei to draw from.
    ground
        Background, float32 ``(Z) Y X``.
    crowd
        How nuclei are placed.
    how
        When the image is full, how far nuclei lie apart, and how their brightness varies.

    Returns
    -------
    image, labels
        float32 and uint32, of the shape of `ground`.
    """
    image, labels = ground.copy(), np.zeros(ground.shape, np.uint32)
    centres: list[np.ndarray] = []
    missed = covered = 0
    while missed < how.misses and covered < crowd.fill * labels.size:
        nucleus = turned(rng, cutouts[int(rng.integers(len(cutouts)))], how.brightness)
        own = np.count_nonzero(nucleus.inside)
        centre = rng.random(labels.ndim) * labels.shape
        if centres and rng.random() < crowd.contact:
            step = rng.normal(size=labels.ndim)
            reach = 2 * (own ** (1 / labels.ndim) / 2) * rng.uniform(*how.distance)
            centre = centres[int(rng.integers(len(centres)))] + step * reach / np.linalg.norm(step)
        place, part = _overlap(nucleus.inside.shape, centre, labels.shape)
        inside = nucleus.inside[part]
        if not inside.any() or np.count_nonzero(labels[place][inside]) > crowd.overlap * own:
            missed += 1
            continue
        image[place] += nucleus.intensity[part]
        labels[place][inside] = len(centres) + 1
        covered += int(np.count_nonzero(inside))
        missed = 0
        centres.append(centre)
    return image, labels


def turned(rng: np.random.Generator, cutout: Cutout, brightness: float) -> Cutout:
    """Flip, transpose and brighten a nucleus at random; Z stays Z.

    The logarithm of the brightness varies by a standard deviation of `brightness`.
    """
    intensity = cutout.intensity * np.float32(np.exp(rng.normal(0, brightness)))
    inside = cutout.inside
    for axis in range(intensity.ndim):
        if rng.random() < 0.5:
            intensity, inside = np.flip(intensity, axis), np.flip(inside, axis)
    if rng.random() < 0.5:
        intensity, inside = intensity.swapaxes(-1, -2), inside.swapaxes(-1, -2)
    return Cutout(intensity, inside)


def _overlap(
    size: Sequence[int], centre: np.ndarray, shape: Sequence[int]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return the window of a box around a centre within an image, and the part of the box in it."""
    place, part = [], []
    for side, middle, n in zip(size, centre, shape, strict=True):
        start = round(float(middle) - side / 2)
        low, high = max(0, min(start, n)), max(0, min(start + side, n))
        place.append(slice(low, high))
        part.append(slice(low - start, high - start))
    return tuple(place), tuple(part)
