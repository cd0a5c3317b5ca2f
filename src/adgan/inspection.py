"""What can be said of images before any training: sizes, numbers, intensities, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.auto.handling import Handling, describe
from adgan.auto.size import SizeEstimate, sizes_from
from adgan.auto.survey import Look, look, spread
from adgan.auto.traits import Traits, say, traits
from adgan.io import Image, Sources, load_images

ROUNDS = 3
SETTLED = 0.05
"""Change of the distance of planes below which it is taken as found."""


@dataclass(frozen=True)
class Inspected:
    """One image: what it shows, its intensities, and what is done to it."""

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
        Those looked at, two dozen at most.
    total
        How many there are.
    sizes
        What scenes should look like; see :class:`adgan.auto.size.SizeEstimate`.
    z_scale
        Distance of planes in pixels, seen from how long nuclei are; None of images.
    """

    images: list[Inspected]
    total: int
    sizes: SizeEstimate
    z_scale: float | None

    def lines(self) -> list[str]:
        """Return what there is to say of the set, a line each."""
        sizes, rank = self.sizes, self.images[0].image.pixels.ndim
        crop = "256 x 256 pixels" if rank == 2 else "64 x 128 x 128 voxels"
        lines = [
            f"radius (semi-major axis): {_range(sizes.radius)} px, 90% interval of the median "
            f"{_range(sizes.interval)} px{self._physical()}",
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

    def _physical(self) -> str:
        known = {i.image.spacing for i in self.images}
        if len(known) != 1 or (spacing := known.pop()) is None:
            return ""
        low, high = self.sizes.radius
        return f", {_range((low * spacing[-1], high * spacing[-1]))} micrometres"

    def _planes(self, seen: float) -> str:
        stated = self.images[0].image.spacing
        words = f"nuclei look as if planes were {seen:.2g} pixels apart"
        if stated is None:
            return words + ", and the files do not say"
        return words + f", the files say {stated[0] / stated[-1]:.2g}"


def inspect(images: Sources, channel: int | None = None, frames: bool = False) -> Inspection:
    """Look at images without training anything.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``; of many, two dozen spread over all.
    channel
        Channel that shows nuclei, counted from 0.
    frames
        Read time series as separate images.

    Returns
    -------
    Inspection

    Raises
    ------
    AdganError
        If images cannot be read, or no nuclei stand out in any of them.
    """
    loaded = load_images(images, channel, frames)
    rank = loaded[0].pixels.ndim
    chosen = spread(len(loaded), rank)
    some = [loaded[i] for i in chosen]
    z_scale = _z_scale(some) if rank == 3 else None
    shares = [_shares(image, z_scale) for image in some]
    looks = [look(image.pixels, share) for image, share in zip(some, shares, strict=True)]
    sizes = sizes_from(looks, chosen)
    parts = [
        Inspected(image, share, seen, traits(image.pixels, seen.nuclei), Handling(f, seen.inverted))
        for image, share, seen, f in zip(some, shares, looks, sizes.factors, strict=True)
    ]
    return Inspection(parts, len(loaded), sizes, z_scale)


def _shares(image: Image, z_scale: float | None) -> tuple[float, ...]:
    if image.spacing is not None:
        return tuple(step / image.spacing[-1] for step in image.spacing)
    if image.pixels.ndim == 2:
        return (1.0, 1.0)
    return (z_scale or 1.0, 1.0, 1.0)


def _z_scale(images: Sequence[Image]) -> float | None:
    """Return the distance of planes in pixels that makes nuclei as long along Z as across."""
    seen = [guess for image in images if (guess := _plane_distance(image.pixels))]
    return float(np.median(seen)) if seen else None


def _plane_distance(volume: np.ndarray) -> float | None:
    guess = 1.0
    for _ in range(ROUNDS):
        found = look(volume, (guess, 1.0, 1.0)).nuclei
        if found is None or not found.clear:
            return None
        across = np.sqrt(found.reach[:, 1] * found.reach[:, 2])
        last, guess = guess, guess * float(np.median(across / found.reach[:, 0]))
        if abs(guess / last - 1) < SETTLED:
            break
    return guess


def _range(values: tuple[float, float]) -> str:
    return f"{values[0]:.3g} to {values[1]:.3g}"
