"""Where the nuclei of a scene lie: scattered, in clumps or over each other."""

import math
from dataclasses import dataclass

import numpy as np

from adgan.synth.knobs import Knobs
from adgan.synth.population import Population, lobes_footprint, moved


@dataclass(frozen=True)
class Placed:
    """One nucleus: the box it lies in and, within it, the boolean map of all its pixels."""

    box: tuple[slice, ...]
    inside: np.ndarray


def scattered(
    rng: np.random.Generator, knobs: Knobs, population: Population, shape: tuple[int, ...]
) -> list[Placed]:
    """Place nuclei one by one, anywhere or in contact with an earlier one.

    Those of cells on a substrate lie in one layer.
    """
    ndim, extent, shapes = len(shape), np.array(shape, float), knobs.shapes
    goal = rng.uniform(*knobs.fill) ** 2 * math.prod(shape)
    contact, overlap = rng.uniform(*knobs.contact), 0.0
    if rng.random() < knobs.chance.overlap:
        overlap = rng.uniform(*knobs.overlap)
    layer = None
    if population.height is not None:
        layer = rng.uniform(*shapes.substrate) * extent[0]
    taken = np.zeros(shape, bool)
    placed: list[Placed] = []
    centres: list[np.ndarray] = []
    misses = covered = 0
    while misses < knobs.limits.misses and (covered < goal or not placed):
        nucleus = population.draw(rng, ndim)
        centre = rng.random(ndim) * extent
        if centres and rng.random() < contact:
            step = population.direction(rng, ndim) * population.half_width
            beside = centres[rng.integers(len(centres))]
            centre = beside + step * rng.uniform(*shapes.contact_distance)
        if layer is not None:
            centre[0] = layer + rng.normal(0, knobs.limits.layer) * population.radius
        box, inside = lobes_footprint(moved(nucleus, centre), shape)
        own = int(np.count_nonzero(inside))
        if not own or np.count_nonzero(taken[box] & inside) > overlap * own:
            misses += 1
            continue
        taken[box] |= inside
        covered += own
        misses = 0
        placed.append(Placed(box, inside))
        centres.append(centre)
    return placed
