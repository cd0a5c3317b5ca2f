"""One ellipsoid and the pixels that it covers, evaluated only in its bounding box."""

import math
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipse or ellipsoid whose outline may be smoothly irregular.

    Attributes
    ----------
    centre
        Centre, ``(ndim,)``, in units of the spacing.
    axes
        Semi-axes, ``(ndim,)``, the longest first.
    rotation
        Orthogonal matrix ``(ndim, ndim)``; its columns are the directions of `axes`.
    waves, phases, amplitudes
        In the unit direction `u`, the radius of the ellipsoid is multiplied by
        ``1 + sum_k amplitudes[k] * cos(waves[k] . u + phases[k])``.
    bend
        Sagitta of the longest axis, relative to its semi-axis; 0 for a straight one.
    """

    centre: np.ndarray
    axes: np.ndarray
    rotation: np.ndarray
    waves: np.ndarray
    phases: np.ndarray
    amplitudes: np.ndarray
    bend: float = 0.0

    def level(self, offset: np.ndarray) -> np.ndarray:
        """Return the level of a point: 0 at the centre, 1 on the outline.

        Parameters
        ----------
        offset
            Vector from the centre, ``(ndim,)`` or ``(ndim, points)``.
        """
        local = self.rotation.T @ offset
        if self.bend:
            along = local[0] / self.axes[0]
            local[1] = local[1] - self.bend * self.axes[0] * (along * along - 1 / 3)
        across = (local.T / self.axes).T
        level = np.sqrt((across * across).sum(0))
        if self.amplitudes.any():
            distance = np.maximum(np.sqrt((local * local).sum(0)), 1e-9)
            angle = (self.waves @ local / distance).T + self.phases
            level = level / (1 + self.amplitudes @ np.cos(angle).T)
        return level

    def reach(self, direction: np.ndarray) -> float:
        """Return the distance from the centre to the outline along a unit direction."""
        return float(1 / self.level(direction))

    def moved(self, centre: np.ndarray) -> "Ellipsoid":
        """Return the same ellipsoid at another centre."""
        return replace(self, centre=centre)


def levels(
    nucleus: Ellipsoid, shape: tuple[int, ...], spacing: tuple[float, ...]
) -> tuple[tuple[slice, ...], np.ndarray]:
    """Evaluate :meth:`Ellipsoid.level` at the pixel centres of its bounding box.

    Returns
    -------
    box
        The part of the image that can contain the nucleus; empty if it lies outside.
    level
        float64 array of the shape of the box.
    """
    # Half the side of the box around a rotated ellipsoid, widened by its largest irregularity.
    half = np.sqrt(((nucleus.rotation * nucleus.axes) ** 2).sum(1))
    half *= 1 + nucleus.amplitudes.sum()
    half += abs(nucleus.bend) * nucleus.axes[0]
    # Python numbers: for two or three of them NumPy is slower.
    box, offsets = [], []
    for centre, reach, pixels, size in zip(
        nucleus.centre.tolist(), half.tolist(), shape, spacing, strict=True
    ):
        low = min(max(math.floor((centre - reach) / size), 0), pixels)
        high = min(max(math.ceil((centre + reach) / size), low), pixels)
        box.append(slice(low, high))
        offsets.append((np.arange(low, high) + 0.5) * size - centre)
    sides = tuple(map(len, offsets))
    grid = np.empty((len(sides), *sides))
    for axis, offset in enumerate(offsets):
        grid[axis] = offset.reshape([-1 if a == axis else 1 for a in range(len(sides))])
    return tuple(box), nucleus.level(grid.reshape(len(sides), -1)).reshape(sides)


def footprint(
    nucleus: Ellipsoid, shape: tuple[int, ...], spacing: tuple[float, ...]
) -> tuple[tuple[slice, ...], np.ndarray]:
    """Return the bounding box of a nucleus and, within it, the boolean map of its pixels."""
    box, level = levels(nucleus, shape, spacing)
    return box, level <= 1
