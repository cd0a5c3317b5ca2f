"""Random scenes of ellipsoids, drawn before anything is rendered (paper 5.3.2).

Lengths are in units of ``spacing``, which are pixels by default.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from adgan.synth.footprint import Ellipsoid, footprint


@dataclass(frozen=True)
class SceneSpec:
    """Ranges that a scene is drawn from.

    Parameters
    ----------
    radius
        Range of the semi-major axis `a`, in units of `spacing`.
    count
        Range of the number of nuclei per `reference` area or volume.
    reference
        Side of the square or cube to which `count` refers, in units of `spacing`.
    eccentricity
        Range of the eccentricity `e`; the minor semi-axis is ``b = sqrt(1 - e**2) * a`` (Eq. 8).
    contact
        Fraction of nuclei that are placed beside an earlier one so that they touch.
    overlap
        Largest fraction of a nucleus in the image that earlier nuclei may cover.
    irregularity
        Relative amplitude of the smooth irregularity of outlines.
    misses
        Number of successive draws without room after which a scene counts as full.
    """

    radius: tuple[float, float]
    count: tuple[float, float]
    reference: float = 256.0
    eccentricity: tuple[float, float] = (0.25, 0.75)
    contact: float = 0.0
    overlap: float = 0.0
    irregularity: float = 0.0
    misses: int = 50


@dataclass(frozen=True)
class Scene:
    """Nuclei in an image of `shape` pixels of size `spacing`.

    ``asked`` is the drawn number of nuclei; ``len(nuclei)`` is smaller if there was no room, and
    `full` is then True.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    nuclei: list[Ellipsoid] = field(default_factory=list)
    asked: int = 0

    @property
    def full(self) -> bool:
        """True if the image had no room for all nuclei."""
        return len(self.nuclei) < self.asked


def sample_scene(
    rng: np.random.Generator,
    spec: SceneSpec,
    shape: tuple[int, ...],
    spacing: tuple[float, ...] | None = None,
) -> Scene:
    """Draw a scene for an image or a volume.

    Centres are uniform over the image and a margin of one mean radius around it, so that nuclei at
    the border are as frequent as in a crop of a real image. If a nucleus finds no room in
    ``spec.misses`` successive draws, it and all after it are left out. Nuclei completely
    outside the image always find room and therefore do not reset the number of draws.

    Parameters
    ----------
    rng
        Random generator.
    spec
        Ranges to draw from.
    shape
        Shape of the image in pixels, ``(Z) Y X``.
    spacing
        Pixel size along each axis (default 1).

    Returns
    -------
    Scene
        The nuclei, see :func:`adgan.synth.render.render`.
    """
    ndim = len(shape)
    spacing = spacing or (1.0,) * ndim
    extent = np.array(shape) * np.array(spacing)
    margin = float(np.mean(spec.radius))
    density = rng.uniform(*spec.count) / spec.reference**ndim
    asked = int(np.rint(density * np.prod(extent + 2 * margin)))
    taken = np.zeros(shape, bool)
    nuclei: list[Ellipsoid] = []
    misses = 0
    while len(nuclei) < asked and misses < spec.misses:
        nucleus = draw_ellipsoid(rng, spec, extent, margin)
        if nuclei and rng.random() < spec.contact:
            nucleus = _beside(rng, nuclei[rng.integers(len(nuclei))], nucleus)
            # Rows of neighbours must not grow out of the image, where there is always room.
            if (abs(nucleus.centre - extent / 2) > extent / 2 + margin).any():
                misses += 1
                continue
        box, inside = footprint(nucleus, shape, spacing)
        seen = np.count_nonzero(inside)
        covered = np.count_nonzero(taken[box] & inside)
        if covered > spec.overlap * seen:
            misses += 1
            continue
        taken[box] |= inside
        nuclei.append(nucleus)
        misses = 0 if seen else misses
    return Scene(shape, spacing, nuclei, asked)


def draw_ellipsoid(
    rng: np.random.Generator, spec: SceneSpec, extent: np.ndarray, margin: float
) -> Ellipsoid:
    """Draw one ellipsoid: centre, semi-axes (Eq. 8, one eccentricity per axis), and rotation."""
    ndim = len(extent)
    centre = rng.random(ndim) * (extent + 2 * margin) - margin
    major = rng.uniform(*spec.radius)
    eccentricity = rng.uniform(*spec.eccentricity, size=ndim - 1)
    axes = major * np.concatenate([[1.0], np.sqrt(1 - eccentricity**2)])
    rotation = orthogonal(rng.normal(size=(ndim, ndim)))
    waves = rng.normal(size=(2, ndim)) * 2.0
    phases = rng.uniform(0, 2 * math.pi, size=2)
    amplitudes = rng.uniform(0, spec.irregularity, size=2)
    return Ellipsoid(centre, axes, rotation, waves, phases, amplitudes)


def orthogonal(matrix: np.ndarray) -> np.ndarray:
    """Orthonormalise the columns of a matrix; a Gaussian one gives a uniform (Haar) rotation.

    It uses Gram-Schmidt, as a QR factorisation takes three times as long at this size.
    """
    columns: list[np.ndarray] = []
    for column in matrix.T:
        for earlier in columns:
            column = column - (earlier @ column) * earlier
        columns.append(column / math.sqrt(column @ column))
    return np.array(columns).T


def _beside(rng: np.random.Generator, other: Ellipsoid, nucleus: Ellipsoid) -> Ellipsoid:
    """Move `nucleus` beside `other`, so that they about touch along a random direction."""
    direction = rng.normal(size=len(nucleus.axes))
    direction /= math.sqrt(direction @ direction)
    distance = other.reach(direction) + nucleus.reach(-direction)
    return nucleus.moved(other.centre + direction * distance * rng.uniform(0.92, 1.08))
