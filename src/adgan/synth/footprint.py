"""One ellipsoid and the pixels it covers, evaluated in its bounding box only."""

import math
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
    bend
        Sagitta of the longest axis over its semi-axis; 0 for a straight one.
    """

    centre: np.ndarray
    axes: np.ndarray
    rotation: np.ndarray
    waves: np.ndarray
    phases: np.ndarray
    amplitudes: np.ndarray
    bend: float = 0.0

    def level(self, offset: np.ndarray) -> np.ndarray:
        """Return 0 at the centre, 1 on the outline.

        Parameters
        ----------
        offset
            ``(rank,)`` or ``(rank, points)``, from the centre.
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
    # Half the side of the box around a rotated ellipsoid, widened by the largest wobble.
    half = np.sqrt(((nucleus.rotation * nucleus.axes) ** 2).sum(1))
    half *= 1 + nucleus.amplitudes.sum()
    half += abs(nucleus.bend) * nucleus.axes[0]
    # Plain numbers: on two or three of them numpy would cost more than it saves.
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
    """Return the bounding box and, within it, the boolean map of covered pixels."""
    box, level = levels(nucleus, shape, spacing)
    return box, level <= 1
