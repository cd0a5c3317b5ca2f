"""Properties of images before any training: nucleus sizes and counts, intensities, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from adgan.io import Image, ReadOptions, Scene, Skipped, Sources, open_images
from adgan.recipe.groups import reference_words
from adgan.survey.frame import seen_in_frames
from adgan.survey.handling import Handling, describe
from adgan.survey.kind import describe_kinds
from adgan.survey.planes import plane_distance
from adgan.survey.size import SizeEstimate, sizes_from
from adgan.survey.survey import Look, look, look_through, spread
from adgan.survey.traits import Traits, say, traits

CUT_SIZE_FRACTION_MAX = 0.95
"""Fraction of their median size that nuclei keep despite the border, below which a line says so."""


@dataclass(frozen=True)
class Inspected:
    """One image: its nuclei, its intensities, and its corrections."""

    image: Image
    shares: tuple[float, ...]
    look: Look
    traits: Traits
    handling: Handling


@dataclass(frozen=True)
class Inspection:
    """A set of images.

    Parameters
    ----------
    images
        The images that were inspected, two dozen at most.
    total
        Number of images in the set.
    sizes
        Properties of the nuclei, for simulation; see :class:`adgan.survey.size.SizeEstimate`.
    z_scale
        Plane spacing in pixels, estimated from the length of nuclei along Z; None for images.
    skipped
        Files that cannot be used.
    notes
        Messages about the files, one line each.
    """

    images: list[Inspected]
    total: int
    sizes: SizeEstimate
    z_scale: float | None
    skipped: list[Skipped]
    notes: list[str]

    def lines(self) -> list[str]:
        """Return the results for the set, one line each."""
        sizes, rank = self.sizes, self.images[0].image.pixels.ndim
        crop = f"{reference_words(rank)} {'pixels' if rank == 2 else 'voxels'}"
        lines = [
            f"radius (semi-major axis): {_range(sizes.radius)} px, 90% interval of the median "
            f"{_range(sizes.interval)} px{self._physical()}",
            f"diameter: {self._diameter(rank)}",
            f"eccentricity: {_range(sizes.eccentricity)}",
            f"number: {_range(sizes.count)} per {crop}",
            f"touching another: {sizes.contact:.0%} of the nuclei",
        ]
        if self.z_scale is not None:
            lines.append(f"planes: {self._planes(self.z_scale)}")
        lines += describe([i.handling for i in self.images])
        lines.append(f"intensities: {say([i.traits for i in self.images])}")
        if "; " in sizes.note:
            lines.append(f"note: {sizes.note.split('; ', 1)[1]}")
        return lines

    def _diameter(self, rank: int) -> str:
        extents = [
            [n * share / i.handling.factor for n, share in zip(shape, i.shares, strict=True)]
            for i in self.images
            if (shape := i.image.pixels.shape)
        ]
        whole = self.sizes.diameter
        seen, cut = seen_in_frames(whole, extents)
        line = f"{whole:.3g} px, that of a {'disc' if rank == 2 else 'ball'} as large"
        if seen > CUT_SIZE_FRACTION_MAX * whole:
            return line
        return (
            f"{line}; the borders of such small images cut {cut:.0%} of all nuclei, which leaves "
            f"a median of {seen:.3g} px"
        )

    def _physical(self) -> str:
        known = {i.image.spacing for i in self.images}
        if len(known) != 1 or (spacing := known.pop()) is None:
            return ""
        low, high = self.sizes.radius
        return f", {_range((low * spacing[-1], high * spacing[-1]))} micrometres"

    def _planes(self, seen: float) -> str:
        stated = self.images[0].image.spacing
        words = f"by the shape of nuclei, planes are {seen:.2g} pixels apart"
        if stated is None:
            return words + "; the files do not state their distance"
        return words + f"; by the stated voxel size, {stated[0] / stated[-1]:.2g}"


def inspect(
    images: Sources,
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
    *,
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Inspection:
    """Inspect images without training.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``; of large sets, two dozen evenly spaced ones.
    channel
        Nuclear channel, counted from 0.
    frames
        Read time series as separate images.
    spacing
        Pixel size in micrometres, ``(Z) Y X``, instead of the one in the files.
    stack
        Read the 2D images of a folder as the slices of one volume.
    axes, scene, include, exclude
        As for :class:`adgan.io.ReadOptions`.

    Returns
    -------
    Inspection

    Raises
    ------
    AdganError
        If images cannot be read, or none of them shows nuclei.
    """
    options = ReadOptions(
        channel=channel, frames=frames, spacing=spacing, stack=stack,
        axes=axes, scene=scene, include=include, exclude=exclude,
    )  # fmt: skip
    found = open_images(images, options).require()
    rank = len(found.entries[0].shape)
    chosen = spread(len(found), rank)
    names = [entry.name for entry in found.entries]
    some, bad = found.read_some(chosen)
    found = found.without(bad)
    left = {one.name for one in found.require().skipped}
    chosen = [i for i in chosen if names[i] not in left]
    z_scale = None
    if rank == 3:
        stated = some[0].spacing
        apart = stated[0] / stated[-1] if stated else None
        z_scale = plane_distance([image.pixels for image in some], apart)
    shares = [_shares(image, z_scale) for image in some]
    # The voxels of volumes may differ, the pixels of images are square.
    looks = (
        look_through([image.pixels for image in some], shares[0])
        if rank == 2
        else [look(image.pixels, share) for image, share in zip(some, shares, strict=True)]
    )
    sizes = sizes_from(looks, chosen)
    parts = [
        Inspected(image, share, seen, traits(image.pixels, seen.nuclei), Handling(f, seen.inverted))
        for image, share, seen, f in zip(some, shares, looks, sizes.factors, strict=True)
    ]
    notes = [*found.notes, *describe_kinds(some)]
    return Inspection(parts, len(names), sizes, z_scale, found.skipped, notes)


def _shares(image: Image, z_scale: float | None) -> tuple[float, ...]:
    """Return the sides of a pixel as nuclei look: along Z, light makes them longer."""
    stated = image.spacing or (1.0,) * image.pixels.ndim
    sides = tuple(step / stated[-1] for step in stated)
    return sides if z_scale is None else (z_scale, *sides[1:])


def _range(values: tuple[float, float]) -> str:
    return f"{values[0]:.3g} to {values[1]:.3g}"
