"""Stained structures between nuclei that are not nuclei: debris, fibres, and walls of cells."""

import math

import numpy as np
from scipy import ndimage
from skimage.segmentation import find_boundaries

from adgan.synth.fields import smooth_field
from adgan.synth.knobs import Knobs


def debris(
    rng: np.random.Generator, knobs: Knobs, shape: tuple[int, ...], radius: float
) -> np.ndarray:
    """Return the light of specks that are smaller than nuclei; some are much brighter."""
    light, around = np.zeros(shape, np.float32), knobs.surroundings
    room = math.prod(shape) / (10 * (2 * radius) ** len(shape))
    mean = min(knobs.limits.most_debris, rng.uniform(*knobs.debris) * room)
    number = int(rng.poisson(mean))
    for _ in range(number):
        size = radius * rng.uniform(*around.speck)
        centre = [int(rng.integers(n)) for n in shape]
        reach = int(3 * size) + 1
        box = tuple(slice(max(0, c - reach), c + reach + 1) for c in centre)
        axes = [np.arange(n)[b] - c for n, b, c in zip(shape, box, centre, strict=True)]
        apart = sum(g**2 for g in np.meshgrid(*axes, indexing="ij", sparse=True))
        bright = math.exp(rng.normal(*around.speck_light))
        light[box] += bright * np.exp(-apart / (2 * size**2))
    return light


def fibres(
    rng: np.random.Generator, knobs: Knobs, shape: tuple[int, ...], radius: float
) -> np.ndarray:
    """Return the light of a few long bent fibres, such as collagen, processes or dust."""
    length = 2.0 * max(shape)
    along = np.linspace(-0.5, 0.5, int(2 * length) + 2)[:, None]
    light, around = np.zeros(shape, np.float32), knobs.surroundings
    for _ in range(1 + int(rng.poisson(rng.uniform(*knobs.fibres)))):
        way, bend = rng.normal(size=(2, len(shape)))
        way *= length / np.sqrt(way @ way)
        arc = rng.uniform(*around.fibre_bend) * along**2
        wave = rng.uniform(*around.fibre_wave) * np.sin(around.fibre_waves * along)
        bend = bend * (arc + wave)
        places = rng.random(len(shape)) * shape + way * along + length * bend
        places = places[((places >= 0) & (places < shape)).all(1)].astype(int)
        width = radius * rng.uniform(*knobs.fibre)
        thread = np.zeros(shape, np.float32)
        thread[tuple(places.T)] = 1
        thread = ndimage.gaussian_filter(thread, width, truncate=3)
        bright = math.exp(rng.normal(*around.fibre_light))
        light += thread * (bright / max(float(thread.max()), 1e-6))
    return light


def walls(rng: np.random.Generator, knobs: Knobs, labels: np.ndarray, radius: float) -> np.ndarray:
    """Return the light of stained cell walls or membranes, midway between nuclei."""
    around = knobs.surroundings
    nearest = ndimage.distance_transform_edt(
        labels == 0, return_distances=False, return_indices=True
    )
    between = find_boundaries(labels[tuple(nearest)], mode="thick").astype(np.float32)
    width = radius * rng.uniform(*knobs.wall)
    light = ndimage.gaussian_filter(between, width, truncate=3)
    patchy = around.wall_patches * smooth_field(rng, labels.shape, around.wall_grain * radius)
    light *= np.exp(patchy) / max(float(light.max()), 1e-6)
    return light * math.exp(rng.normal(*around.wall_light))
