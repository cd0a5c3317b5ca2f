"""Strides and kernels of networks for anisotropic voxels.

The first down-samplings leave an axis with long voxels alone until the voxels of the other axes
have become as long. Kernels reach about equally far in space. nnU-Net does the same (Isensee et al.
2021, doi:10.1038/s41592-020-01008-z). For square pixels and cubic voxels nothing changes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Sides = tuple[int, ...]

COARSE_AXIS_RATIO = math.sqrt(2)
"""Voxel size relative to the finest axis above which an axis is not halved: if halved, its voxels
would differ more from those of the others."""


GENERATOR_HALVINGS = 2
"""Number of down-samplings in the generator's encoder (Table 5)."""
GENERATOR_STRIDE = 2**GENERATOR_HALVINGS
"""Stride of the generator: sides of its input are multiples of it."""


@dataclass(frozen=True)
class Level:
    """One resolution of a network.

    Attributes
    ----------
    spacing
        Voxel size along each axis, relative to the finest.
    stride
        Stride to the next level along each axis, 1 or 2.
    """

    spacing: tuple[float, ...]
    stride: Sides

    def kernel(self, size: int) -> Sides:
        """Return odd kernel sizes: `size` along the finest axis, less along coarser ones."""
        reach = size // 2
        return tuple(1 + 2 * int(reach / s + 0.5) for s in self.spacing)

    def strided(self) -> tuple[Sides, Sides]:
        """Return kernel and padding of the convolution to the next level."""
        small = self.kernel(3)
        kernel = tuple(4 if s == 2 else k for s, k in zip(self.stride, small, strict=True))
        padding = tuple(1 if s == 2 else k // 2 for s, k in zip(self.stride, small, strict=True))
        return kernel, padding


def plan_levels(spacing: Sequence[float], halvings: int) -> list[Level]:
    """Return the levels of a network, the finest first; one more than there are halvings.

    Parameters
    ----------
    spacing
        Voxel size of the input along each axis, in any unit; as many as there are axes.
    halvings
        Number of down-samplings.
    """
    sizes = [s / min(spacing) for s in spacing]
    levels = []
    for _ in range(halvings + 1):
        finest = min(sizes)
        sizes = [s / finest for s in sizes]
        stride = tuple(1 if s > COARSE_AXIS_RATIO else 2 for s in sizes)
        levels.append(Level(tuple(sizes), stride))
        sizes = [s * step for s, step in zip(sizes, stride, strict=True)]
    return levels


def total_stride(levels: Sequence[Level]) -> Sides:
    """Return the stride from the input to the coarsest level, along each axis."""
    strides = zip(*(level.stride for level in levels[:-1]), strict=True)
    return tuple(math.prod(axis) for axis in strides)
