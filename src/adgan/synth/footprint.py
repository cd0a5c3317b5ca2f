"""One ellipsoid and the pixels it covers, evaluated in its bounding box only."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipse or ellipsoid whose outline may wobble smoothly.

    Attributes
    ----------
    centre
        ``(rank,)``, in units of the spacing.
    axes
        ``(rank,)`` semi-axes, the longest first.
    rotation
        ``(rank, rank)``, orthogonal; its columns are the directions of `axes`.
    waves, phases, amplitudes
        The outline lies at ``1 + sum_k amplitudes[k] * cos(waves[k] . u + phases[k])``
        times the ellipsoid's, `u` being the unit direction.
    """

    centre: np.ndarray
    axes: np.ndarray
    rotation: np.ndarray
    waves: np.ndarray
    phases: np.ndarray
    amplitudes: np.ndarray

    def level(self, offset: np.ndarray) -> np.ndarray:
        """Return 0 at the centre, 1 on the outline, for offsets ``(..., rank)`` from it."""
        local = offset @ self.rotation
        level = np.linalg.norm(local / self.axes, axis=-1)
        if self.amplitudes.any():
            unit = local / np.maximum(np.linalg.norm(local, axis=-1, keepdims=True), 1e-9)
            level = level / (1 + np.cos(unit @ self.waves.T + self.phases) @ self.amplitudes)
        return level

    def reach(self, direction: np.ndarray) -> float:
        """Return the distance from the centre to the outline along a unit direction."""
        return float(1 / self.level(direction))

    def moved(self, centre: np.ndarray) -> "Ellipsoid":
        """Return the same ellipsoid about another centre."""
        return replace(self, centre=centre)


def levels(
    nucleus: Ellipsoid, shape: tuple[int, ...], spacing: tuple[float, ...]
) -> tuple[tuple[slice, ...], np.ndarray]:
    """Evaluate :meth:`Ellipsoid.level` at the pixel centres of its bounding box.

    Returns
    -------
    box
        The part of the frame that can hold the nucleus (empty when it lies outside).
    level
        float64 array of the box's shape.
    """
    size = np.array(spacing)
    # Half the side of the box around a rotated ellipsoid, widened by the largest wobble.
    half = np.linalg.norm(nucleus.rotation * nucleus.axes, axis=1)
    half = half * (1 + nucleus.amplitudes.sum())
    low = np.clip(np.floor((nucleus.centre - half) / size), 0, shape).astype(int)
    high = np.clip(np.ceil((nucleus.centre + half) / size), low, shape).astype(int)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(*(np.arange(s.start, s.stop) for s in box), indexing="ij"), -1)
    return box, nucleus.level((grid + 0.5) * size - nucleus.centre)


def footprint(
    nucleus: Ellipsoid, shape: tuple[int, ...], spacing: tuple[float, ...]
) -> tuple[tuple[slice, ...], np.ndarray]:
    """Return the bounding box and, within it, the boolean map of covered pixels."""
    box, level = levels(nucleus, shape, spacing)
    return box, level <= 1
