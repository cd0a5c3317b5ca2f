"""How networks treat voxels that are longer along one axis than along another.

An axis whose voxels are coarse is left alone by the first down-samplings, until those of the
others have caught up, and kernels reach about equally far in space, as in nnU-Net (Isensee et
al. 2021, doi:10.1038/s41592-020-01008-z). For square pixels and cubic voxels nothing changes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Sides = tuple[int, ...]

COARSE = math.sqrt(2)
"""An axis this much coarser than the finest is left alone: halved, it would be further off."""


GENERATOR_HALVINGS = 2
"""Down-samplings of the generator's encoder (Table 5)."""
GENERATOR_STRIDE = 2**GENERATOR_HALVINGS
"""Sides of what goes through the generator are multiples of it."""


@dataclass(frozen=True)
class Level:
    """One resolution of a network.

    Attributes
    ----------
    aspect
        Size of a voxel along each axis, the finest being 1.
    stride
        Step to the next level along each axis, 1 or 2.
    """

    aspect: tuple[float, ...]
    stride: Sides

    def kernel(self, size: int) -> Sides:
        """Return an odd kernel of `size` along the finest axis, no shorter than 1 along others."""
        reach = size // 2
        return tuple(1 + 2 * int(reach / a + 0.5) for a in self.aspect)

    def strided(self) -> tuple[Sides, Sides]:
        """Return kernel and padding of the convolution that leads to the next level."""
        small = self.kernel(3)
        kernel = tuple(4 if s == 2 else k for s, k in zip(self.stride, small, strict=True))
        padding = tuple(1 if s == 2 else k // 2 for s, k in zip(self.stride, small, strict=True))
        return kernel, padding


def plan_levels(rank: int, halvings: int, aspect: Sequence[float] | None = None) -> list[Level]:
    """Return the levels of a network, the finest first, one more than there are halvings.

    Parameters
    ----------
    rank
        2 or 3.
    halvings
        Down-samplings.
    aspect
        Size of a voxel of the input along each axis, in any unit; cubic when absent.
    """
    sizes = [1.0] * rank if aspect is None else [a / min(aspect) for a in aspect]
    levels = []
    for _ in range(halvings + 1):
        finest = min(sizes)
        sizes = [s / finest for s in sizes]
        stride = tuple(1 if s > COARSE else 2 for s in sizes)
        levels.append(Level(tuple(sizes), stride))
        sizes = [s * step for s, step in zip(sizes, stride, strict=True)]
    return levels


def total_stride(levels: Sequence[Level]) -> Sides:
    """Return how many voxels of the input make one of the coarsest level, along each axis."""
    strides = zip(*(level.stride for level in levels[:-1]), strict=True)
    return tuple(math.prod(axis) for axis in strides)
