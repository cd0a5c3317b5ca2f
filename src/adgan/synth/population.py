"""Sizes and shapes of the nuclei of one scene, in 2D or 3D."""

import math
from dataclasses import dataclass

import numpy as np

from adgan.synth.details import Shapes
from adgan.synth.footprint import Ellipsoid, levels
from adgan.synth.knobs import Knobs, log_uniform
from adgan.synth.scene import orthogonal

Lobes = tuple[Ellipsoid, ...]


@dataclass(frozen=True)
class Population:
    """Distribution of sizes and shapes in a scene; lengths are in pixels of the last axis.

    Attributes
    ----------
    radius, spread
        Median equivalent radius, and the standard deviation of its logarithm.
    second, share
        Ratio of the radii of a second population to the first, and its fraction of the nuclei.
    elongation
        Largest ratio of the longest axis to the others.
    irregular, bend
        Largest irregularity of an outline, and largest bend of an axis, relative to the radius.
    lobed, mitotic
        Fraction of nuclei that are lobed, and fraction that are metaphase plates.
    height
        Height along Z of the nuclei of cells that lie on a substrate, relative to their width;
        None for nuclei that point in any direction. Volumes only.
    shapes
        Lobes, metaphase plates and outlines in detail.
    """

    radius: float
    spread: float
    second: float
    share: float
    elongation: float
    irregular: float
    bend: float
    lobed: float
    mitotic: float
    height: float | None = None
    shapes: Shapes = Shapes()

    @property
    def half_width(self) -> float:
        """Half of the width in the plane of a usual nucleus."""
        return self.radius * (self.height or 1.0) ** (-1 / 3)

    def draw_radius(self, rng: np.random.Generator) -> float:
        """Draw the radius of one nucleus."""
        radius = self.radius * math.exp(rng.normal(0, self.spread))
        return radius * self.second if rng.random() < self.share else radius

    def draw(self, rng: np.random.Generator, ndim: int) -> Lobes:
        """Draw one nucleus at the origin: one ellipsoid, or several overlapping ones."""
        radius, shapes = self.draw_radius(rng), self.shapes
        kind = rng.random()
        if kind < self.mitotic:
            size = shapes.plate * radius
            return (self._ellipsoid(rng, size, np.zeros(ndim), shapes.plate_elongation),)
        if kind >= self.mitotic + self.lobed:
            return (self._ellipsoid(rng, radius, np.zeros(ndim), self.elongation),)
        number = int(rng.integers(*shapes.lobes, endpoint=True))
        lobes, centre = [], np.zeros(ndim)
        for _ in range(number):
            size = radius * number ** (-1 / ndim) * rng.uniform(*shapes.lobe_radius)
            lobes.append(self._ellipsoid(rng, size, centre, shapes.lobe_elongation))
            step = self.direction(rng, ndim)
            centre = centre + step * size * rng.uniform(*shapes.lobe_distance)
        return tuple(lobes)

    def direction(self, rng: np.random.Generator, ndim: int) -> np.ndarray:
        """Draw a unit vector, ``(ndim,)``, in the plane of the substrate if there is one."""
        step = rng.normal(size=ndim)
        if self.height is not None:
            step[0] = 0.0
        return np.asarray(step / np.sqrt(step @ step))

    def _ellipsoid(
        self, rng: np.random.Generator, radius: float, centre: np.ndarray, most: float
    ) -> Ellipsoid:
        ndim, waves = len(centre), self.shapes.waves
        if self.height is None:
            ratios = np.concatenate([[1.0], 1 / rng.uniform(1, most, ndim - 1)])
            rotation = orthogonal(rng.normal(size=(ndim, ndim)))
        else:
            wide = 1 / rng.uniform(1, most)
            ratios = np.array([1.0, wide, self.height * math.sqrt(wide)])
            rotation = np.zeros((ndim, ndim))
            rotation[1:, :2], rotation[0, 2] = orthogonal(rng.normal(size=(2, 2))), 1.0
        axes = radius * ratios / np.prod(ratios) ** (1 / ndim)
        return Ellipsoid(
            centre,
            axes,
            rotation,
            rng.normal(size=(waves, ndim)) * self.shapes.wave,
            rng.uniform(0, 2 * math.pi, waves),
            rng.uniform(0, self.irregular, waves),
            rng.uniform(-self.bend, self.bend),
        )


def draw_population(
    rng: np.random.Generator, knobs: Knobs, packed: bool, ndim: int = 2
) -> Population:
    """Draw the sizes and shapes of a scene of a number of axes; `packed` is True for tissue."""
    chance, height = knobs.chance, None
    if ndim == 3 and not packed and rng.random() < chance.adherent:
        height = rng.uniform(*knobs.height)
    sizes = knobs.radius_wide if rng.random() < chance.wide else knobs.radius
    long = rng.random() < (chance.long_packed if packed else chance.long)
    return Population(
        radius=log_uniform(rng, sizes),
        spread=rng.uniform(*knobs.spread),
        second=rng.uniform(*knobs.second),
        share=rng.uniform(*knobs.second_share) if rng.random() < chance.second else 0.0,
        elongation=rng.uniform(*(knobs.elongation_long if long else knobs.elongation)),
        irregular=rng.uniform(*knobs.irregular) ** 2 / knobs.irregular[1],
        bend=rng.uniform(*knobs.bent) if rng.random() < chance.bent else 0.0,
        lobed=rng.uniform(*knobs.lobed) if rng.random() < chance.lobed else 0.0,
        mitotic=rng.uniform(*knobs.mitotic) if rng.random() < chance.mitotic else 0.0,
        height=height,
        shapes=knobs.shapes,
    )


def lobes_footprint(nucleus: Lobes, shape: tuple[int, ...]) -> tuple[tuple[slice, ...], np.ndarray]:
    """Return the bounding box of a nucleus and, within it, the boolean map of its pixels."""
    parts = [levels(lobe, shape, (1.0,) * len(shape)) for lobe in nucleus]
    box = tuple(
        slice(min(s.start for s in sides), max(s.stop for s in sides))
        for sides in zip(*(box for box, _ in parts), strict=True)
    )
    inside = np.zeros([s.stop - s.start for s in box], bool)
    for own, level in parts:
        place = tuple(
            slice(s.start - b.start, s.stop - b.start) for s, b in zip(own, box, strict=True)
        )
        inside[place] |= level <= 1
    return box, inside


def moved(nucleus: Lobes, centre: np.ndarray) -> Lobes:
    """Return the same nucleus, moved from the origin to `centre`."""
    return tuple(lobe.moved(lobe.centre + centre) for lobe in nucleus)
