"""The pixels of an image and the size of its nuclei, from which all lengths in pixels follow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from adgan.labels.labelmap import ball


@dataclass(frozen=True)
class Grid:
    """Pixel sides and nucleus radius.

    Parameters
    ----------
    sides
        Size of a pixel along each axis, ``(Z) Y X``, in the unit of the radius.
    radius
        Mean radius of the nuclei.
    """

    sides: tuple[float, ...]
    radius: float

    def pixels(self, radii: float) -> tuple[float, ...]:
        """Convert a length in nucleus radii to pixels along each axis."""
        return tuple(radii * self.radius / side for side in self.sides)

    @property
    def nucleus(self) -> float:
        """Area in pixels of a disc with the nucleus radius, or volume in voxels of a ball."""
        return float(ball(self.radius, len(self.sides)) / math.prod(self.sides))

    def thinned(self, steps: Sequence[int]) -> "Grid":
        """Return the grid of every n-th pixel along each axis."""
        sides = zip(self.sides, steps, strict=True)
        return Grid(tuple(side * step for side, step in sides), self.radius)
