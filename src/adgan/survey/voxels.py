"""Doubt a stated voxel size: with a wrong one, nuclei look like needles or discs and are missed."""

from collections.abc import Sequence
from dataclasses import dataclass

from adgan.builtin.network import Network, builtin_network
from adgan.builtin.survey import length_along_z, read_image
from adgan.io import Image


@dataclass(frozen=True)
class VoxelCriteria:
    """What makes the plane distance of a volume doubtful.

    Nuclei are measured without the stated voxel size only if something looks odd with it, as that
    takes several times as long.

    Parameters
    ----------
    length
        Usual range of the median length of nuclei along Z, relative to their width. Cells on a
        substrate are flat, and blur makes others longer.
    confidence
        Mean probability of the nuclei above which nothing is odd, if their length is usual.
    better
        How many times stronger the evidence for nuclei must be at another plane distance. Nuclei
        that are long or flat indeed gain less: at most 1.6 times among twelve kinds of volumes,
        where distances four times too long gain 8 times and more for most.
    apart
        Smallest ratio of both distances, either way: blur and crowded nuclei may suggest half of
        the true one.
    """

    length: tuple[float, float] = (0.4, 2.0)
    confidence: float = 0.85
    better: float = 2.0
    apart: float = 2.5


def describe_voxels(
    images: Sequence[Image],
    limits: VoxelCriteria = VoxelCriteria(),  # noqa: B008
) -> list[str]:
    """Return a warning if nuclei are far clearer at another plane distance than the stated one.

    Parameters
    ----------
    images
        Some images of a set; the first volume that states its voxel size is checked.
    limits
        What makes the distance doubtful.
    """
    for volume in images:
        if volume.pixels.ndim == 3 and volume.spacing:
            return _doubt(builtin_network(3), volume, volume.spacing, limits)
    return []


def _doubt(
    network: Network, volume: Image, spacing: tuple[float, ...], limits: VoxelCriteria
) -> list[str]:
    stated = read_image(network, volume.pixels, None, spacing)
    low, high = limits.length
    if not stated.empty and stated.confidence >= limits.confidence:
        length = length_along_z(network, volume.pixels, stated)
        if not (length < low or length > high):  # nan if all nuclei are cut
            return []
    free = read_image(network, volume.pixels)
    if free.empty or free.evidence < limits.better * stated.evidence:
        return []
    ratio = free.spacing[0] / stated.spacing[0]
    if 1 / limits.apart < ratio < limits.apart:
        return []
    size = " x ".join(f"{side:g}" for side in spacing)
    return [
        f"warning: {volume.name}: nuclei look odd or are missed with the stated voxels of {size} "
        f"um; they look usual if planes are about {free.spacing[0] * spacing[-1]:.2g} um apart "
        f"instead of {spacing[0]:g}: check the voxel size, `spacing` (Z Y X) replaces it"
    ]
