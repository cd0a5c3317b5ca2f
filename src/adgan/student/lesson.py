"""What a student learns from: images at the working size, and what a teacher says of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.builtin.light import negative
from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.builtin.resample import to_working
from adgan.builtin.segmenting import find
from adgan.data.scale import nearest
from adgan.labelmap import cut_by_frame

SURE = 0.6
"""Chance to be right from which a nucleus is taken for true."""
EMPTY = 0.15
"""Probability of foreground under which a pixel is taken for background."""
MARGIN = 2
"""Working pixels around a doubtful nucleus that teach nothing."""


@dataclass(frozen=True)
class Lesson:
    """One image at the working size.

    Attributes
    ----------
    light
        float32 ``(Z) Y X``, nuclei bright, in units of the image.
    labels
        uint32, the nuclei that are taken for true.
    sure
        Boolean: where that is beyond doubt.
    chance
        Of each nucleus to be right, ``(N,)``.
    cut
        Whether the frame cuts it, ``(N,)``.
    """

    light: np.ndarray
    labels: np.ndarray
    sure: np.ndarray
    chance: np.ndarray
    cut: np.ndarray


def ask_teacher(teacher: Network, pixels: np.ndarray, reading: Reading) -> Lesson:
    """Let a network say what it is sure of in an image.

    Parameters
    ----------
    teacher
        With its doubt.
    pixels
        ``(Z) Y X``, native dtype.
    reading
        Of this image, not an empty one.
    """
    found = find(teacher, pixels, reading)
    true = np.append(False, found.sure >= SURE)
    doubtful = (found.small > 0) & ~true[found.small]
    background = (found.small == 0) & (found.maps.foreground < EMPTY)
    near = ndimage.binary_dilation(doubtful, iterations=MARGIN)
    labels = np.where(true[found.small], found.small, 0).astype(np.uint32)
    return Lesson(
        found.working, labels, (labels > 0) | (background & ~near), found.sure, found.nuclei.cut
    )


def take_labels(pixels: np.ndarray, labels: np.ndarray, reading: Reading) -> Lesson:
    """Return the lesson of an image that somebody labelled, all of which is true.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    labels
        Of the same shape.
    reading
        Of this image.
    """
    values = np.nan_to_num(pixels.astype(np.float32))
    light = to_working(negative(values) if reading.inverted else values, reading.scales)
    small = nearest(labels.astype(np.uint32), light.shape)
    cut = cut_by_frame(small)[1:]
    return Lesson(light, small, np.ones(small.shape, bool), np.ones(len(cut)), cut)


def window(
    rng: np.random.Generator, lesson: Lesson, sides: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut a window out of a lesson: light, labels, sure.

    Where the image is smaller its rim goes on, and nothing is sure.
    """
    starts = [
        int(rng.integers(max(0, n - s) + 1)) for n, s in zip(lesson.light.shape, sides, strict=True)
    ]
    place = tuple(slice(a, a + s) for a, s in zip(starts, sides, strict=True))
    light, labels, sure = lesson.light[place], lesson.labels[place], lesson.sure[place]
    beyond = [(0, s - n) for n, s in zip(light.shape, sides, strict=True)]
    if any(far for _, far in beyond):
        light = np.pad(light, beyond, mode="edge")
        labels, sure = np.pad(labels, beyond), np.pad(sure, beyond)
    return light, labels, sure
