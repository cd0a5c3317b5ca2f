"""Simulated scenes like the images at hand: sizes, shapes and crowding as they were found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from adgan.builtin.targets import UNIT
from adgan.labelmap import radius_of
from adgan.student.lesson import Lesson
from adgan.synth.knobs import Knobs, knobs_of

LEAST = 8
"""Nuclei from which anything is told of a set."""


def crowding(lessons: Sequence[Lesson]) -> float:
    """Return the share of nuclei that touch another, 0 where there are none."""
    touching = number = 0
    for lesson in lessons:
        labels = lesson.labels
        lowest = np.where(labels == 0, np.iinfo(labels.dtype).max, labels)
        meets = ndimage.maximum_filter(labels, 3) != ndimage.minimum_filter(lowest, 3)
        touching += len(np.unique(labels[meets & (labels > 0)]))
        number += len(lesson.chance)
    return touching / number if number else 0.0


def knobs_like(lessons: Sequence[Lesson]) -> Knobs:
    """Return the randomised microscope, turned towards what was found.

    Optics, noise and stain stay as wide as they are: the light of the images themselves comes
    from nuclei that are cut out of them.
    """
    rank = lessons[0].labels.ndim
    knobs, unit = knobs_of(rank), UNIT[rank]
    radius = np.concatenate([_radii(lesson) for lesson in lessons])
    if len(radius) < LEAST:
        return knobs
    middle = float(np.median(radius))
    spread = float(np.clip(np.std(np.log(radius / middle)), 0.05, 0.4))
    share = float(np.clip(crowding(lessons), 0.05, 0.95))
    low, high = 0.75 * middle, 1.33 * middle
    return replace(
        knobs,
        radius=(max(0.3 * unit, low), min(3 * unit, high)),
        spread=(0.7 * spread, 1.2 * spread),
        chance=replace(knobs.chance, wide=0.0, packed=share, empty=0.02, dark=0.02),
    )


def _radii(lesson: Lesson) -> np.ndarray:
    """Return the radii of whole nuclei in working pixels."""
    rank = lesson.labels.ndim
    sizes = np.bincount(lesson.labels.ravel(), minlength=len(lesson.chance) + 1)[1:]
    sizes = sizes[(sizes > 0) & ~lesson.cut]
    return np.asarray(radius_of(sizes, rank))
