"""Simulated scenes that resemble the images at hand in nucleus sizes and crowding."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from adgan.builtin.settings import TARGETS
from adgan.labels.labelmap import radius_of
from adgan.recipe.student import SimulationSettings
from adgan.student.lesson import Lesson
from adgan.synth.knobs import Knobs, knobs_of


def crowding(lessons: Sequence[Lesson]) -> float:
    """Return the fraction of nuclei that touch another one; 0 if there are no nuclei."""
    touching = number = 0
    for lesson in lessons:
        labels = lesson.labels
        lowest = np.where(labels == 0, np.iinfo(labels.dtype).max, labels)
        meets = ndimage.maximum_filter(labels, 3) != ndimage.minimum_filter(lowest, 3)
        touching += len(np.unique(labels[meets & (labels > 0)]))
        number += len(lesson.confidence)
    return touching / number if number else 0.0


def knobs_like(lessons: Sequence[Lesson], how: SimulationSettings) -> Knobs:
    """Return the ranges of the randomised microscope, narrowed to the sizes and crowding found.

    Few nuclei narrow nothing.
    """
    ndim = lessons[0].labels.ndim
    knobs, unit = knobs_of(ndim), TARGETS[ndim].unit
    radius = np.concatenate([_radii(lesson) for lesson in lessons])
    if len(radius) < how.nuclei:
        return knobs
    middle = float(np.median(radius))
    spread = float(np.clip(np.std(np.log(radius / middle)), *how.spread_limits))
    share = float(np.clip(crowding(lessons), *how.packed_limits))
    low, high = (ratio * middle for ratio in how.radius_ratios)
    smallest, largest = (limit * unit for limit in how.radius_limits)
    narrow, wide = (ratio * spread for ratio in how.spread_ratios)
    return replace(
        knobs,
        radius=(max(smallest, low), min(largest, high)),
        spread=(narrow, wide),
        chance=replace(knobs.chance, wide=0.0, packed=share, empty=how.empty, dark=how.dark),
    )


def _radii(lesson: Lesson) -> np.ndarray:
    """Return the radii of nuclei off the border, in working pixels."""
    ndim = lesson.labels.ndim
    sizes = np.bincount(lesson.labels.ravel(), minlength=len(lesson.confidence) + 1)[1:]
    sizes = sizes[(sizes > 0) & ~lesson.cut]
    return np.asarray(radius_of(sizes, ndim))
