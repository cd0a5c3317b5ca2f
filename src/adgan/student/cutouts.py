"""Nuclei cut out of images and set down anew: real light, and a truth that is known.

Where nuclei come to lie over each other their light is added, as it is under a microscope (Ghiasi
et al. 2021, arXiv:2012.07177, paste objects of photographs; these do not shine through).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.doubt import light_around
from adgan.builtin.targets import UNIT
from adgan.student.lesson import Lesson, window

SURE = 0.7
"""Chance to be right from which a nucleus is cut out."""
SIZES = 0.4, 2.5
"""Radii of nuclei that are cut out, over the unit of the network."""
SKIRT = 3
"""Working pixels around a nucleus over which its light fades out."""
MISSES = 40
"""Tries for which a nucleus may find no room before a scene counts as full."""
NEAR = 6.0
"""Standard deviation in working pixels over which the background under a nucleus is told from that
around it."""


@dataclass(frozen=True)
class Cutout:
    """One nucleus: its light above its surroundings, float32, and its pixels, boolean."""

    light: np.ndarray
    inside: np.ndarray


def cut_out(lesson: Lesson) -> list[Cutout]:
    """Return the nuclei of an image that are surest."""
    rank, unit = lesson.labels.ndim, UNIT[lesson.labels.ndim]
    around = light_around(lesson.labels, lesson.light)
    made = []
    for label, box in enumerate(ndimage.find_objects(lesson.labels), start=1):
        if box is None or lesson.cut[label - 1] or lesson.chance[label - 1] < SURE:
            continue
        wide = tuple(slice(max(0, s.start - SKIRT), s.stop + SKIRT) for s in box)
        labels = lesson.labels[wide]
        inside = labels == label
        radius = np.count_nonzero(inside) ** (1 / rank) / 2
        if not SIZES[0] * unit < radius < SIZES[1] * unit:
            continue
        light = lesson.light[wide] - around[label]
        # What is darker than the surroundings, as the gap to a neighbour, is none of its light.
        away = ndimage.distance_transform_edt(~inside)
        fading = np.clip(1 - away / (SKIRT + 1), 0, 1) * ((labels == 0) | inside)
        light = np.where(inside, light, np.maximum(light, 0)) * fading
        made.append(Cutout(light.astype(np.float32), inside))
    return made


def cleared(rng: np.random.Generator, lesson: Lesson, sides: Sequence[int]) -> np.ndarray:
    """Return a window of an image with its nuclei taken out, float32.

    What lies under them is told from what lies around; its grain is that of the rest.
    """
    light, labels, sure = window(rng, lesson, sides)
    free = ndimage.binary_erosion((labels == 0) & sure, iterations=1)
    if np.count_nonzero(free) < 0.02 * free.size:
        dark = np.percentile(light, 2)
        return np.full(light.shape, dark, np.float32)
    weight = ndimage.gaussian_filter(free.astype(np.float32), NEAR)
    level = ndimage.gaussian_filter(np.where(free, light, 0).astype(np.float32), NEAR)
    usual = float(np.median(light[free]))
    level = (level + 1e-3 * usual) / (weight + 1e-3)
    grain = rng.choice((light - level)[free], light.shape)
    return np.where(free, light, level + grain).astype(np.float32)


def compose(
    rng: np.random.Generator,
    cutouts: Sequence[Cutout],
    ground: np.ndarray,
    fill: float,
    contact: float,
    overlap: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Set nuclei down on a background.

    Parameters
    ----------
    rng
        Source of randomness.
    cutouts
        To choose from.
    ground
        float32 ``(Z) Y X``.
    fill
        Share of the frame to cover.
    contact
        Share of the nuclei that are set down beside an earlier one.
    overlap
        Largest share of a nucleus that lies on others.

    Returns
    -------
    image, labels
        float32 and uint32, of the shape of `ground`.
    """
    image, labels = ground.copy(), np.zeros(ground.shape, np.uint32)
    centres: list[np.ndarray] = []
    misses = covered = 0
    while misses < MISSES and covered < fill * labels.size:
        nucleus = turned(rng, cutouts[int(rng.integers(len(cutouts)))])
        own = np.count_nonzero(nucleus.inside)
        centre = rng.random(labels.ndim) * labels.shape
        if centres and rng.random() < contact:
            step = rng.normal(size=labels.ndim)
            reach = 2 * (own ** (1 / labels.ndim) / 2) * rng.uniform(0.8, 1.2)
            centre = centres[int(rng.integers(len(centres)))] + step * reach / np.linalg.norm(step)
        place, part = _overlap(nucleus.inside.shape, centre, labels.shape)
        inside = nucleus.inside[part]
        if not inside.any() or np.count_nonzero(labels[place][inside]) > overlap * own:
            misses += 1
            continue
        image[place] += nucleus.light[part]
        labels[place][inside] = len(centres) + 1
        covered += int(np.count_nonzero(inside))
        misses = 0
        centres.append(centre)
    return image, labels


def turned(rng: np.random.Generator, cutout: Cutout) -> Cutout:
    """Flip, turn and brighten a nucleus; planes stay planes."""
    light, inside = cutout.light * np.float32(np.exp(rng.normal(0, 0.15))), cutout.inside
    for axis in range(light.ndim):
        if rng.random() < 0.5:
            light, inside = np.flip(light, axis), np.flip(inside, axis)
    if rng.random() < 0.5:
        light, inside = light.swapaxes(-1, -2), inside.swapaxes(-1, -2)
    return Cutout(light, inside)


def _overlap(
    size: Sequence[int], centre: np.ndarray, shape: Sequence[int]
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return where a box about a centre lies in a frame, and which part of it does."""
    place, part = [], []
    for side, middle, n in zip(size, centre, shape, strict=True):
        start = round(float(middle) - side / 2)
        low, high = max(0, min(start, n)), max(0, min(start + side, n))
        place.append(slice(low, high))
        part.append(slice(low - start, high - start))
    return tuple(place), tuple(part)
