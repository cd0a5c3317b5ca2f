"""A randomised microscope: scenes of any kind of nuclei, as imaged by any kind of microscope.

The built-in network learns from these scenes and has never seen a real image. Shapes, layouts,
intensities, optics, cameras and file formats are drawn for every scene from the ranges of
:class:`adgan.synth.knobs.Knobs`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.synth.camera import add_background, clean, expose, pad
from adgan.synth.fields import smooth_field
from adgan.synth.knobs import Knobs, knobs_of, log_uniform
from adgan.synth.layouts import Placed, scattered
from adgan.synth.outlines import reach_of_light
from adgan.synth.population import Population, draw_population
from adgan.synth.stain import draw_stain, lit
from adgan.synth.surroundings import walls
from adgan.synth.tissue import packed


@dataclass(frozen=True)
class RandomScene:
    """A simulated image and its ground truth, all of one shape ``(Z) Y X``.

    Attributes
    ----------
    image
        float32, in arbitrary units.
    labels
        uint32 label map; nuclei too far out of focus to be outlined are background.
    certain
        Boolean, True where the truth is certain; False in nuclei that are barely visible.
    """

    image: np.ndarray
    labels: np.ndarray
    certain: np.ndarray


def random_scene(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    knobs: Knobs | None = None,
) -> RandomScene:
    """Draw a scene and simulate its image.

    Parameters
    ----------
    rng
        Random generator.
    shape
        ``(Z) Y X``.
    knobs
        Ranges to draw from (default: those of images or of volumes).
    """
    knobs = knobs or knobs_of(len(shape))
    chance, limits = knobs.chance, knobs.limits
    layout = packed if rng.random() < chance.packed else scattered
    population = draw_population(rng, knobs, layout is packed, len(shape))
    radius = population.radius
    nuclei: list[Placed] = []
    if rng.random() >= chance.empty:
        nuclei = layout(rng, knobs, population, shape)
    snr = log_uniform(rng, knobs.snr)

    labels = np.zeros(shape, np.uint32)
    certain = np.ones(len(nuclei) + 1, bool)
    sharp, soft = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    out_of_focus = rng.uniform(*knobs.out_of_focus) if rng.random() < chance.defocus else 0.0
    stain = draw_stain(rng, knobs, radius)
    lights = lit(rng, knobs, stain, nuclei, radius, shape)
    blurred = [rng.random() < out_of_focus for _ in nuclei]
    for number in from_below(blurred, [bright for bright, _ in lights]):
        nucleus, (bright, light) = nuclei[number], lights[number]
        layer = soft if blurred[number] else sharp
        layer[nucleus.box] += light
        labels[nucleus.box][nucleus.inside] = number + 1
        pixels = np.count_nonzero(nucleus.inside)
        visible = bright >= limits.dim and bright * snr * math.sqrt(pixels) >= limits.snr
        certain[number + 1] = visible and pixels >= limits.size
    in_focus, beyond = _blurs(rng, knobs, any(blurred), radius, len(shape))
    light = np.asarray(ndimage.gaussian_filter(sharp, in_focus))
    if any(blurred):
        light += ndimage.gaussian_filter(soft, beyond)
    if limits.outline < 1:
        blurs = [beyond if far else in_focus for far in blurred]
        reach_of_light(labels, nuclei, blurs, limits.outline)
    sure = certain[labels]
    light += _ghosts(rng, knobs, population, len(nuclei), shape)
    if not nuclei and rng.random() < chance.clouds:
        clouds = smooth_field(rng, shape, radius * log_uniform(rng, knobs.cloud))
        light += clouds - clouds.min()
    if nuclei and rng.random() < chance.walls:
        light += walls(rng, knobs, labels, radius)
    if len(shape) == 3:
        depth = np.linspace(0, 1, shape[0], dtype=np.float32).reshape(-1, 1, 1)
        light *= 1 - rng.uniform(*knobs.dimming) * (depth if rng.random() < 0.5 else 1 - depth)

    image = expose(rng, knobs, add_background(rng, knobs, light, radius), snr)
    if labels.any() and rng.random() < chance.cleaned:
        clean(rng, knobs, image, labels, radius)
    if rng.random() < chance.padded:
        labels[~pad(rng, knobs, image)] = 0
    if rng.random() < chance.dark:
        image = image.max() - image
        labels[:] = 0
        sure[:] = True
    return RandomScene(image, labels, sure)


def from_below(blurred: Sequence[bool], brightness: Sequence[float]) -> list[int]:
    """Return the order of nuclei that overlap, the lowest first.

    People see a nucleus in focus on top of a blurred one, and then the brighter one on top.
    """
    return sorted(range(len(blurred)), key=lambda n: (not blurred[n], brightness[n]))


def _blurs(
    rng: np.random.Generator, knobs: Knobs, both: bool, radius: float, ndim: int
) -> tuple[list[float], list[float]]:
    """Draw the blur of nuclei in focus and, if there are any, of those slightly out of focus."""
    blur = radius * rng.uniform(*knobs.blur)
    in_focus = _sides(rng, knobs, max(blur, knobs.limits.least_blur), ndim)
    if not both:
        return in_focus, in_focus
    blur = max(blur, radius * rng.uniform(*knobs.defocus))
    return in_focus, _sides(rng, knobs, blur, ndim)


def _ghosts(
    rng: np.random.Generator,
    knobs: Knobs,
    population: Population,
    number: int,
    shape: tuple[int, ...],
) -> np.ndarray:
    """Return the light of nuclei far out of focus: a glow that nobody would outline."""
    light = np.zeros(shape, np.float32)
    if rng.random() >= knobs.chance.ghosts:
        return light
    around = knobs.surroundings
    # Their other ranges are the usual ones: how ghosts lie is lost in their blur.
    few = Knobs(fill=around.ghost_fill)
    for ghost in scattered(rng, few, population, shape)[: max(2, number)]:
        if rng.random() < rng.uniform(*knobs.ghosts):
            light[ghost.box] += ghost.inside * math.exp(rng.normal(*around.ghost_light))
    blur = population.radius * rng.uniform(*knobs.ghost_blur)
    return ndimage.gaussian_filter(light, blur, truncate=3)


def _sides(rng: np.random.Generator, knobs: Knobs, sigma: float, ndim: int) -> list[float]:
    """Return the standard deviation of a blur along each axis, in pixels."""
    sides = [sigma] * ndim
    if ndim == 3:
        sides[0] *= rng.uniform(*knobs.axial)
    return sides
