"""What a student learns from: images at the working size with labels from a teacher or a person."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network
from adgan.builtin.normalisation import with_bright_nuclei
from adgan.builtin.reading import Reading
from adgan.builtin.resample import to_working
from adgan.image.scale import nearest
from adgan.labels.labelmap import cut_by_frame
from adgan.recipe.student import LessonSettings


@dataclass(frozen=True)
class Lesson:
    """One image at the working size, with labels.

    Attributes
    ----------
    intensity
        The image, float32 ``(Z) Y X``, nuclei bright, original intensities.
    labels
        uint32, the nuclei that are taken as true.
    certain
        Boolean, True where the labels are certain.
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    cut
        True for nuclei that touch the image border, ``(N,)``.
    """

    intensity: np.ndarray
    labels: np.ndarray
    certain: np.ndarray
    confidence: np.ndarray
    cut: np.ndarray


def ask_teacher(
    teacher: Network, pixels: np.ndarray, reading: Reading, how: LessonSettings
) -> Lesson:
    """Label an image with a teacher; uncertain nuclei are ignored.

    Parameters
    ----------
    teacher
        Network with its confidence model.
    pixels
        ``(Z) Y X``, native dtype.
    reading
        Reading of this image, not an empty one.
    how
        What is certain.
    """
    found = measure_image(teacher, pixels, reading).find()
    true = np.append(False, found.confidence >= how.nucleus)
    doubtful = (found.small > 0) & ~true[found.small]
    background = (found.small == 0) & (found.maps.foreground < how.background)
    near = ndimage.binary_dilation(doubtful, iterations=how.margin)
    labels = np.where(true[found.small], found.small, 0).astype(np.uint32)
    return Lesson(
        found.working,
        labels,
        (labels > 0) | (background & ~near),
        found.confidence,
        found.nuclei.cut,
    )


def take_labels(pixels: np.ndarray, labels: np.ndarray, reading: Reading) -> Lesson:
    """Return a labelled image as a lesson; all of its labels are taken as true.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    labels
        Label map of the same shape.
    reading
        Reading of this image.
    """
    values = np.nan_to_num(pixels.astype(np.float32))
    intensity = to_working(with_bright_nuclei(values, reading.inverted), reading.scales)
    small = nearest(labels.astype(np.uint32), intensity.shape)
    cut = cut_by_frame(small)[1:]
    return Lesson(intensity, small, np.ones(small.shape, bool), np.ones(len(cut)), cut)


def window(
    rng: np.random.Generator, lesson: Lesson, sides: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a random window of a lesson: image, labels, and where these are certain.

    A smaller image is padded by its edge pixels, which do not count as certain.
    """
    starts = [
        int(rng.integers(max(0, n - s) + 1))
        for n, s in zip(lesson.intensity.shape, sides, strict=True)
    ]
    place = tuple(slice(a, a + s) for a, s in zip(starts, sides, strict=True))
    intensity = lesson.intensity[place]
    beyond = [(0, s - n) for n, s in zip(intensity.shape, sides, strict=True)]
    labels, certain = (np.pad(one[place], beyond) for one in (lesson.labels, lesson.certain))
    return np.pad(intensity, beyond, mode="edge"), labels, certain
