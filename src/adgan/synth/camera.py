"""From the light of nuclei to an image file: background, noise, camera and export artefacts."""

import io
import math

import numpy as np
from PIL import Image as Picture
from scipy import ndimage

from adgan.synth.fields import smooth_field
from adgan.synth.knobs import Knobs, log_uniform
from adgan.synth.surroundings import debris, fibres


def add_background(
    rng: np.random.Generator, knobs: Knobs, light: np.ndarray, radius: float
) -> np.ndarray:
    """Add haze, cytoplasm, debris, fibres and a constant, then uneven illumination and stripes.

    Parameters
    ----------
    rng
        Random generator.
    knobs
        Ranges to draw from.
    light
        Intensities ``(Z) Y X``, about 1 in a typical nucleus.
    radius
        Radius of a typical nucleus, in pixels.
    """
    shape, around = light.shape, knobs.surroundings
    if rng.random() < knobs.chance.haze:
        share = rng.uniform(*knobs.haze)
        wide = [rng.uniform(*knobs.haze_reach) * radius for _ in shape]
        light = (1 - share) * light + share * ndimage.gaussian_filter(light, wide, truncate=2)
    if rng.random() < knobs.chance.cytoplasm:
        amount = rng.uniform(*knobs.cytoplasm)
        field = smooth_field(rng, shape, radius * rng.uniform(*around.cytoplasm_grain))
        light = light + amount * np.clip(field + rng.uniform(*around.cytoplasm_cover), 0, None)
    if rng.random() < knobs.chance.debris:
        light = light + debris(rng, knobs, shape, radius)
    if rng.random() < knobs.chance.fibres:
        light = light + fibres(rng, knobs, shape, radius)
    light = light + rng.uniform(*knobs.background) ** 2
    if rng.random() < knobs.chance.uneven:
        amount = rng.uniform(*knobs.uneven)
        slow = smooth_field(rng, shape, rng.uniform(*knobs.uneven_reach) * max(shape))
        light = light * np.maximum(1 + amount * slow / 2, knobs.limits.least_light)
    if rng.random() < knobs.chance.stripes:
        light = light * (1 + rng.uniform(*knobs.stripes) * _stripes(rng, knobs, shape))
    return np.asarray(light, np.float32)


def expose(rng: np.random.Generator, knobs: Knobs, light: np.ndarray, snr: float) -> np.ndarray:
    """Record the image: sampling, noise, smoothing, and export.

    Parameters
    ----------
    rng, knobs
        See :func:`add_background`.
    light
        Intensities ``(Z) Y X``, about 1 above the background in a typical nucleus.
    snr
        Intensity of a typical nucleus over the standard deviation of its noise.
    """
    shape = light.shape
    factor = rng.uniform(*knobs.coarse) if rng.random() < knobs.chance.coarse else 1.0
    factors = [factor] * len(shape)
    if factor > knobs.limits.least_coarse:
        light = ndimage.gaussian_filter(light, (factor - 1) / 2)
    if len(shape) == 3 and rng.random() < knobs.chance.planes:
        # A plane shows the light at its own depth; light between planes is not averaged.
        factors[0] = factor * log_uniform(rng, knobs.planes)
    grid = tuple(max(3, round(n / f)) for n, f in zip(shape, factors, strict=True))
    coarser = max(factors) > knobs.limits.least_coarse
    if coarser:
        light = _resized(light, grid)
    image = add_noise(rng, light, snr, rng.uniform(*knobs.shot))
    if coarser:
        order = int(rng.integers(*knobs.enlarging, endpoint=True))
        image = _resized(image, shape, order)
    if rng.random() < knobs.chance.smooth:
        image = ndimage.gaussian_filter(image, rng.uniform(*knobs.smooth))
    return export(rng, knobs, image)


def add_noise(rng: np.random.Generator, light: np.ndarray, snr: float, shot: float) -> np.ndarray:
    """Add shot noise (Poisson) and readout noise (Gaussian).

    Parameters
    ----------
    rng
        Random generator.
    light
        Intensities ``(Z) Y X``, at least 0.
    snr
        Signal-to-noise ratio at an intensity of 1.
    shot
        Fraction of the noise variance at an intensity of 1 that is shot noise.
    """
    electrons = snr**2 / max(shot, 0.01)
    counted = rng.poisson(np.clip(light, 0, 1e6) * electrons) / electrons
    readout = math.sqrt(1 - shot) / snr
    return np.asarray(counted + rng.normal(0, readout, light.shape), np.float32)


def export(rng: np.random.Generator, knobs: Knobs, image: np.ndarray) -> np.ndarray:
    """Apply saturation, gamma, quantisation and JPEG compression, as cameras and programs do."""
    low, high = float(image.min()), float(image.max())
    if rng.random() < knobs.chance.saturated:
        high -= rng.uniform(*knobs.saturated) * (high - low)
    unit = np.clip((image - low) / max(high - low, 1e-6), 0, 1)
    if rng.random() < knobs.chance.gamma:
        unit = unit ** rng.uniform(*knobs.gamma)
    levels = log_uniform(rng, knobs.levels)
    unit = np.minimum(np.rint(unit * levels) / levels, 1)
    if rng.random() < knobs.chance.jpeg:
        unit = _jpeg(unit, int(rng.uniform(*knobs.jpeg)))
    return np.asarray(unit, np.float32)


def pad(rng: np.random.Generator, knobs: Knobs, image: np.ndarray) -> np.ndarray:
    """Replace some margins of an image by a constant, in place; return the other pixels, bool."""
    inside = np.ones(image.shape, bool)
    for _ in range(int(rng.integers(*knobs.margins, endpoint=True))):
        axis = int(rng.integers(image.ndim))
        cut = int(image.shape[axis] * rng.uniform(*knobs.padded))
        place: list[slice] = [slice(None)] * image.ndim
        place[axis] = slice(None, cut) if rng.random() < 0.5 else slice(-cut, None)
        inside[tuple(place)] = False
    values = [image.min(), 0.0, float(image.mean())]
    image[~inside] = rng.choice(values, p=knobs.limits.padding)
    return inside


def clean(
    rng: np.random.Generator, knobs: Knobs, image: np.ndarray, labels: np.ndarray, radius: float
) -> None:
    """Set pixels away from nuclei to 0, in place, as in images that someone has cleaned."""
    away = ndimage.distance_transform_edt(labels == 0)
    image[away > rng.uniform(*knobs.cleaned) * radius] = 0


def _stripes(rng: np.random.Generator, knobs: Knobs, shape: tuple[int, ...]) -> np.ndarray:
    """Return a wave or random stripes along one of the last two axes, about in [-1, 1]."""
    axis = len(shape) - 1 - int(rng.integers(2))
    n = shape[axis]
    if rng.random() < knobs.chance.sine:
        length = rng.uniform(*knobs.stripe_length)
        row = np.sin(np.arange(n) / length + rng.uniform(*knobs.stripe_phase))
    else:
        row = ndimage.gaussian_filter1d(rng.normal(size=n), rng.uniform(*knobs.stripe_grain))
        row /= 2 * max(float(row.std()), 1e-6)
    sides = [1] * len(shape)
    sides[axis] = n
    return np.asarray(row, np.float32).reshape(sides)


def _resized(image: np.ndarray, shape: tuple[int, ...], order: int = 1) -> np.ndarray:
    factors = [m / n for n, m in zip(image.shape, shape, strict=True)]
    return ndimage.zoom(image, factors, order=order, mode="nearest", grid_mode=True)


def _jpeg(unit: np.ndarray, quality: int) -> np.ndarray:
    """Compress values in [0, 1] by JPEG, plane by plane, and return the result."""
    planes = unit.reshape(-1, *unit.shape[-2:])
    made = []
    for plane in planes:
        with io.BytesIO() as buffer:
            Picture.fromarray((plane * 255).astype(np.uint8)).save(buffer, "jpeg", quality=quality)
            made.append(np.asarray(Picture.open(buffer), np.float32) / 255)
    return np.stack(made).reshape(unit.shape)
