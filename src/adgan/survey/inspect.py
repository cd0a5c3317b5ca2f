"""Inspect images before any training: nucleus sizes and counts, intensities, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adgan.io import AS_STORED, Image, ReadOptions, Skipped, Sources, open_images
from adgan.recipe.groups import reference_words
from adgan.survey.handling import Handling, describe
from adgan.survey.image import ImageSurvey
from adgan.survey.inputs import survey_inputs
from adgan.survey.kind import describe_kinds
from adgan.survey.settings import BORDER
from adgan.survey.size import SizeEstimate
from adgan.survey.survey import evenly_spaced
from adgan.survey.traits import Traits, describe_traits, measure_traits
from adgan.survey.voxels import describe_voxels


@dataclass(frozen=True)
class Inspected:
    """One image of an inspection.

    Parameters
    ----------
    image
        The image.
    survey
        Nuclei of the image.
    traits
        Intensity properties of the image.
    handling
        Corrections of the image.
    """

    image: Image
    survey: ImageSurvey
    traits: Traits
    handling: Handling

    @property
    def sides(self) -> tuple[float, ...]:
        """Stated length of a pixel along each axis, in pixels of the last axis."""
        stated = self.image.spacing or (1.0,) * self.image.pixels.ndim
        return tuple(step / stated[-1] for step in stated)


@dataclass(frozen=True)
class Inspection:
    """The inspection of a set of images.

    Parameters
    ----------
    images
        The images that were inspected, at most 24 images or 6 volumes.
    total
        Number of images in the set.
    sizes
        Sizes and counts of the nuclei, see :class:`adgan.survey.size.SizeEstimate`.
    skipped
        Files that cannot be used.
    notes
        Messages about the files and the kind of images, one line each.
    """

    images: list[Inspected]
    total: int
    sizes: SizeEstimate
    skipped: list[Skipped]
    notes: list[str]

    @property
    def z_scale(self) -> float | None:
        """Plane distance in pixels at which nuclei are as long as wide; None for 2D images."""
        sides = self.images[0].sides
        return sides[0] / self.sizes.elongation if len(sides) == 3 else None

    def lines(self) -> list[str]:
        """Return the results for the set, one line each."""
        sizes, ndim = self.sizes, self.images[0].image.pixels.ndim
        crop = f"{reference_words(ndim)} {'pixels' if ndim == 2 else 'voxels'}"
        lines = [
            f"radius (semi-major axis): {_range(sizes.radius)} px, 90% interval of the median "
            f"{_range(sizes.interval)} px{self._physical()}",
            f"diameter: {self._diameter(ndim)}",
            f"eccentricity: {_range(sizes.eccentricity)}",
            f"number: {_range(sizes.count)} per {crop}",
            f"touching another: {sizes.contact:.0%} of the nuclei",
        ]
        if self.z_scale is not None:
            lines.append(f"planes: {self._planes(self.z_scale)}")
        lines += describe([i.handling for i in self.images])
        lines.append(f"intensities: {describe_traits([i.traits for i in self.images])}")
        if "; " in sizes.note:
            lines.append(f"note: {sizes.note.split('; ', 1)[1]}")
        return lines

    def _diameter(self, ndim: int) -> str:
        """Return the diameter of nuclei as text, and the effect of the image border on it."""
        extents = [
            [
                n * side / one.handling.factor
                for n, side in zip(one.image.pixels.shape, one.sides, strict=True)
            ]
            for one in self.images
        ]
        whole = self.sizes.diameter
        visible, cut = seen_in_frames(whole, extents)
        line = f"{whole:.3g} px, for a {'disc' if ndim == 2 else 'ball'} of equal size"
        if visible > BORDER.reported * whole:
            return line
        return (
            f"{line}; the borders of such small images cut {cut:.0%} of the nuclei, whose visible "
            f"parts have a median of {visible:.3g} px"
        )

    def _physical(self) -> str:
        """Return the radii in micrometres as text; empty without one pixel size for all images."""
        known = {i.image.spacing for i in self.images}
        if len(known) != 1 or (spacing := known.pop()) is None:
            return ""
        low, high = self.sizes.radius
        return f", {_range((low * spacing[-1], high * spacing[-1]))} micrometres"

    def _planes(self, distance: float) -> str:
        """Return the estimated and the stated plane distance as text."""
        stated = self.images[0].image.spacing
        words = f"by the shape of nuclei, planes are {distance:.2g} pixels apart"
        if stated is None:
            return words + "; the files do not state their distance"
        return words + f"; by the stated voxel size, {stated[0] / stated[-1]:.2g}"


def inspect(images: Sources, read: ReadOptions = AS_STORED) -> Inspection:
    """Inspect images without training.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``. Of a large set, at most 24 images or 6
        volumes, evenly spaced, are inspected.
    read
        How images are read (default: as the files say).

    Returns
    -------
    Inspection

    Raises
    ------
    AdganError
        If images cannot be read, or none of them shows nuclei.
    """
    found = open_images(images, read).require()
    ndim = len(found.entries[0].shape)
    names = [entry.name for entry in found.entries]
    chosen = evenly_spaced(len(found), ndim)
    some, bad = found.read_some(chosen)
    found = found.without(bad)
    unusable = {one.name for one in found.require().skipped}
    chosen = [i for i in chosen if names[i] not in unusable]
    survey = replace(survey_inputs(some), indices=tuple(chosen))
    inspected = [
        Inspected(image, one, measure_traits(image.pixels, one.nuclei), Handling(f, one.inverted))
        for image, one, f in zip(some, survey.images, survey.sizes.factors, strict=True)
    ]
    notes = [*found.notes, *describe_kinds(some), *describe_voxels(some)]
    return Inspection(inspected, len(names), survey.sizes, found.skipped, notes)


def seen_in_frames(diameter: float, extents: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the median diameter of nuclei as images show them, and how many the borders cut.

    Nuclei are simulated as discs or balls of one size at random positions, including those that are
    partly outside the image. In small volumes most nuclei are cut, so that the median of their
    sizes is far below the true one.

    Parameters
    ----------
    diameter
        Diameter of whole nuclei.
    extents
        Sides ``(Z) Y X`` of each image, in the unit of `diameter`.

    Returns
    -------
    float
        Median diameter of discs or balls as large as the visible parts of the nuclei.
    float
        Fraction of the visible nuclei that are cut.
    """
    rng = np.random.default_rng(0)
    radius, ndim = diameter / 2, len(extents[0])
    steps = (np.arange(BORDER.points) + 0.5) / BORDER.points * 2 - 1
    grid = np.stack(np.meshgrid(*[steps] * ndim, indexing="ij"), axis=-1).reshape(-1, ndim)
    ball = radius * grid[(grid**2).sum(1) <= 1]
    fractions = []
    for extent in np.array(extents, float):
        centres = rng.uniform(-radius, extent + radius, (BORDER.nuclei, ndim))
        points = centres[:, None] + ball
        fractions.append(((points >= 0) & (points < extent)).all(-1).mean(1))
    visible = np.concatenate(fractions)
    visible = visible[visible > 0]
    return diameter * float(np.median(visible)) ** (1 / ndim), float((visible < 1).mean())


def _range(values: tuple[float, float]) -> str:
    """Return two numbers as text."""
    return f"{values[0]:.3g} to {values[1]:.3g}"
