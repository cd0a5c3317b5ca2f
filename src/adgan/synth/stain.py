"""The intensities of stained nuclei: brightness, chromatin, spots, and bright or dim edges."""

import math
from dataclasses import dataclass

import edt
import numpy as np

from adgan.synth.fields import smooth_field
from adgan.synth.knobs import Knobs, log_uniform
from adgan.synth.layouts import Placed


@dataclass(frozen=True)
class Stain:
    """The stain of a scene, drawn from :class:`adgan.synth.knobs.Knobs`.

    Attributes
    ----------
    brightness
        Standard deviation of the logarithm of nuclear brightness.
    fine, coarse
        Two textures of chromatin, each with its strength (the standard deviation of the logarithm
        of the density) and its grain in pixels.
    nucleoli, chromocentres
        Mean numbers of dark and of bright spots per nucleus.
    strength
        Share of the light that is missing in the middle of a dark spot.
    dome
        How far the light rises from the boundary to the centre.
    half
        Light that a nucleus loses at its dark side; 0 if nuclei are lit evenly.
    """

    brightness: float
    fine: tuple[float, float]
    coarse: tuple[float, float]
    nucleoli: float
    chromocentres: float
    strength: float
    dome: float
    half: float


def draw_stain(rng: np.random.Generator, knobs: Knobs, radius: float) -> Stain:
    """Draw the stain of one scene; `radius` is that of a typical nucleus, in pixels."""
    chance, (finest, coarsest) = knobs.chance, knobs.grain
    middle = math.sqrt(finest * coarsest)
    return Stain(
        brightness=rng.uniform(*knobs.brightness),
        fine=(
            rng.uniform(*knobs.texture) * (rng.random() < chance.fine),
            radius * log_uniform(rng, (finest, middle)),
        ),
        coarse=(
            rng.uniform(*knobs.texture) * (rng.random() < chance.coarse_texture),
            radius * rng.uniform(middle, coarsest),
        ),
        nucleoli=rng.uniform(*knobs.nucleoli) * (rng.random() < chance.nucleoli),
        chromocentres=rng.uniform(*knobs.chromocentres) * (rng.random() < chance.chromocentres),
        strength=rng.uniform(*knobs.spot_contrast),
        dome=rng.uniform(*knobs.dome),
        half=rng.uniform(*knobs.half) * (rng.random() < chance.half),
    )


def lit(
    rng: np.random.Generator,
    knobs: Knobs,
    stain: Stain,
    nuclei: list[Placed],
    radius: float,
    shape: tuple[int, ...],
) -> list[tuple[float, np.ndarray]]:
    """Return the brightness of each nucleus and the intensities in its box, float32.

    A typical nucleus has a brightness of 1, which is about its mean intensity. Pixels of the box
    outside the nucleus are 0.
    """
    chromatin, limits = np.zeros(shape, np.float32), knobs.limits
    for strength, grain in (stain.fine, stain.coarse):
        if strength:
            chromatin += strength * smooth_field(rng, shape, max(grain, limits.least_grain))
    chromatin = np.exp(np.clip(chromatin, *limits.chromatin))
    made = []
    for nucleus in nuclei:
        bright = math.exp(rng.normal(0, stain.brightness))
        # A nucleus that fills its box has no boundary: its distance is infinite and becomes 1.
        depth = edt.edt(nucleus.inside, black_border=False)
        depth = np.nan_to_num(depth, posinf=1.0)
        depth = depth / max(float(depth.max()), 1e-6)
        profile = 1 + stain.dome * (np.sqrt(depth * (2 - depth)) - 0.8)
        profile = np.maximum(profile, limits.least_light)
        light = (nucleus.inside * chromatin[nucleus.box] * profile).astype(np.float32)
        for strength, number in (
            (-stain.strength, stain.nucleoli),
            (limits.chromocentre * stain.strength, stain.chromocentres),
        ):
            _spots(rng, light, nucleus.inside, strength, number, knobs, radius)
        if stain.half:
            light *= _ramp(rng, knobs, light.shape, stain.half)
        made.append((bright, bright * light))
    return made


def _spots(
    rng: np.random.Generator,
    light: np.ndarray,
    inside: np.ndarray,
    strength: float,
    number: float,
    knobs: Knobs,
    radius: float,
) -> None:
    """Brighten or darken a few round spots in one nucleus, in place."""
    drawn = int(rng.poisson(number)) if number else 0
    if not drawn:
        return
    places = np.argwhere(inside)
    if not len(places):
        return
    grid = np.meshgrid(*map(np.arange, light.shape), indexing="ij", sparse=True)
    factor = np.ones(light.shape, np.float32)
    for centre in places[rng.integers(len(places), size=drawn)]:
        size = max(radius * rng.uniform(*knobs.spot), knobs.limits.least_spot)
        apart = sum((g - c) ** 2 for g, c in zip(grid, centre, strict=True)) / size**2
        factor *= 1 + strength * np.exp(-(apart**2))
    light *= factor


def _ramp(
    rng: np.random.Generator, knobs: Knobs, shape: tuple[int, ...], depth: float
) -> np.ndarray:
    """Return a soft step across a box, for a nucleus that is brighter on one side."""
    slope = rng.normal(size=len(shape))
    slope *= rng.uniform(*knobs.half_slope) / np.sqrt(slope @ slope)
    axes = [np.linspace(-0.5, 0.5, n) * s for n, s in zip(shape, slope, strict=True)]
    along = sum(np.meshgrid(*axes, indexing="ij", sparse=True)) + rng.uniform(*knobs.half_shift)
    return np.asarray(1 - depth / (1 + np.exp(-along)), np.float32)
