"""Scenes of ellipsoids: what a simulated mask shows, drawn before anything is rendered.

Paper section 5.3.2. Every length is in the units of ``spacing`` (pixels when it is 1).
"""

import math
from dataclasses import dataclass, field

import numpy as np

from adgan.synth.footprint import Ellipsoid, footprint

MISSES = 50


@dataclass(frozen=True)
class SceneSpec:
    """Ranges that a scene is drawn from.

    Parameters
    ----------
    radius
        Range of the semi-major axis `a`, in the units of `spacing`.
    count
        Range of the number of nuclei per `reference` area or volume.
    reference
        Extent of one side of the square or cube that `count` refers to.
    eccentricity
        Range of `e`; the minor semi-axis is ``b = sqrt(1 - e**2) * a`` (Eq. 8).
    contact
        Share of nuclei that are set down beside an earlier one, rims touching.
    overlap
        Largest share of a nucleus that those drawn before it may cover, within the frame.
    wobble
        Relative amplitude of smooth departures from the ellipsoid's outline.
    """

    radius: tuple[float, float]
    count: tuple[float, float]
    reference: float = 256.0
    eccentricity: tuple[float, float] = (0.25, 0.75)
    contact: float = 0.0
    overlap: float = 0.0
    wobble: float = 0.0


@dataclass(frozen=True)
class Scene:
    """Nuclei on a frame of `shape` pixels of size `spacing`.

    ``asked`` is the number that was drawn; ``len(nuclei)`` can be smaller when no room is
    left, and `full` says so.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    nuclei: list[Ellipsoid] = field(default_factory=list)
    asked: int = 0

    @property
    def full(self) -> bool:
        """Whether the frame could not hold all that was asked for."""
        return len(self.nuclei) < self.asked


def sample_scene(
    rng: np.random.Generator,
    spec: SceneSpec,
    shape: tuple[int, ...],
    spacing: tuple[float, ...] | None = None,
) -> Scene:
    """Draw a scene for a frame of any rank.

    Centres are uniform over the frame and a margin of one mean radius around it, so that
    nuclei cut by the border are as frequent as in a crop of a real image. A nucleus that
    finds no room in ``MISSES`` tries is left out, and so are those after it. Nuclei wholly
    outside the frame always find room, so they do not start the count of tries anew.

    Parameters
    ----------
    rng
        Source of randomness.
    spec
        Ranges to draw from.
    shape
        Pixels of the frame, ``(Z) Y X``.
    spacing
        Size of a pixel along each axis; 1 when absent.

    Returns
    -------
    Scene
        Deterministic to render; see :func:`adgan.synth.render.render`.
    """
    rank = len(shape)
    spacing = spacing or (1.0,) * rank
    extent = np.array(shape) * np.array(spacing)
    margin = float(np.mean(spec.radius))
    density = rng.uniform(*spec.count) / spec.reference**rank
    asked = int(np.rint(density * np.prod(extent + 2 * margin)))
    taken = np.zeros(shape, bool)
    nuclei: list[Ellipsoid] = []
    misses = 0
    while len(nuclei) < asked and misses < MISSES:
        nucleus = draw_ellipsoid(rng, spec, extent, margin)
        if nuclei and rng.random() < spec.contact:
            nucleus = _beside(rng, nuclei[rng.integers(len(nuclei))], nucleus)
            # Rows of neighbours must not grow out of the frame, where there is always room.
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
    """Draw one ellipsoid: centre, semi-axes by Eq. 8 (one eccentricity per axis), rotation."""
    rank = len(extent)
    centre = rng.random(rank) * (extent + 2 * margin) - margin
    major = rng.uniform(*spec.radius)
    eccentricity = rng.uniform(*spec.eccentricity, size=rank - 1)
    axes = major * np.concatenate([[1.0], np.sqrt(1 - eccentricity**2)])
    rotation = orthogonal(rng.normal(size=(rank, rank)))
    waves = rng.normal(size=(2, rank)) * 2.0
    phases = rng.uniform(0, 2 * math.pi, size=2)
    amplitudes = rng.uniform(0, spec.wobble, size=2)
    return Ellipsoid(centre, axes, rotation, waves, phases, amplitudes)


def orthogonal(matrix: np.ndarray) -> np.ndarray:
    """Return the columns made orthonormal: of a Gaussian matrix, a uniform (Haar) rotation.

    Gram-Schmidt, as a QR factorisation costs three times as much at this size.
    """
    columns: list[np.ndarray] = []
    for column in matrix.T:
        for earlier in columns:
            column = column - (earlier @ column) * earlier
        columns.append(column / math.sqrt(column @ column))
    return np.array(columns).T


def _beside(rng: np.random.Generator, other: Ellipsoid, nucleus: Ellipsoid) -> Ellipsoid:
    """Move `nucleus` next to `other`, their rims about touching along a random direction."""
    direction = rng.normal(size=len(nucleus.axes))
    direction /= math.sqrt(direction @ direction)
    distance = other.reach(direction) + nucleus.reach(-direction)
    return nucleus.moved(other.centre + direction * distance * rng.uniform(0.92, 1.08))
