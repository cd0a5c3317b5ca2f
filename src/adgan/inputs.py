"""The images of a run: read by its recipe, which takes what it leaves open from volumes."""

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from adgan.auto.kind import describe_kinds
from adgan.auto.planes import plane_distance
from adgan.auto.survey import spread
from adgan.data.scale import NETWORK_SIDE_MIN_PIXELS, working_shape
from adgan.errors import AdganError
from adgan.groups import DataSettings
from adgan.io import Collection, Image, ReadOptions, Sized, Sources, open_images
from adgan.io.entry import other_rank
from adgan.io.options import AS_STORED
from adgan.peak import ask
from adgan.recipe import Recipe

HELD = 2**29
"""Bytes of pixels that a training reads: of more, so many images throughout."""
FEW = 4
"""Images that it reads anyway."""
BYTES = 16
"""Memory for each pixel of an image that is prepared, at the working size."""
KINDS = 6
"""Images, about, that are looked at for whether they are of fluorescence at all."""
SAME = 0.01
"""Relative difference up to which two voxel sizes count as one."""


def open_inputs(
    images: Sources,
    recipe: Recipe,
    options: ReadOptions = AS_STORED,
    any_rank: bool = False,
) -> Collection:
    """Describe images, or wrap arrays; those that do not fit the recipe's rank are skipped.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    recipe
        Says how images are read wherever `options` leave it open.
    options
        How images are read; a pixel size that they leave open is read from the files.
    any_rank
        Whether volumes fit as well as images, as long as all are of one kind.

    Raises
    ------
    AdganError
        As :func:`adgan.io.open_images`; or if no image is left.
    """
    rank = None if any_rank else recipe.data.rank
    return open_images(images, options.over(options_of(recipe.data)), rank).require()


def options_of(data: DataSettings) -> ReadOptions:
    """Return how a recipe has images read, but for the pixel size, which each file may state."""
    return ReadOptions(
        channel=data.channel,
        frames=data.frames,
        stack=data.stack,
        axes=data.axes,
        scene=data.scene,
    )


def read_inputs(
    images: Sources,
    recipe: Recipe,
    *,
    strict: bool = False,
    without: Container[str] | None = None,
    note: Callable[[str], None] | None = None,
) -> tuple[list[Image], list[str]]:
    """Read images to train on: all, or so many throughout as can be held.

    Parameters
    ----------
    images, recipe
        As for :func:`open_inputs`.
    strict
        Whether a single image that cannot be used refuses all.
    without
        Names of the images that a run was started without: all others are read.
    note
        Called with each line that says what is left out.

    Returns
    -------
    images
        Those that were read.
    left_out
        Names of those that were not, or cannot be used.

    Raises
    ------
    AdganError
        As :func:`open_inputs`; if 2D and 3D are mixed, or no image can be used.
    """
    data = recipe.data
    found = open_images(images, replace(options_of(data), spacing=data.spacing))
    if without is not None:
        kept = [entry for entry in found.entries if entry.name not in without]
        bad = [one for one in found.skipped if one.name not in without]
        found = Collection(kept, bad, found.notes)
    if len(found.require(strict).entries[0].shape) != data.rank:
        raise other_rank(found.entries[0], data.rank)
    names = [entry.name for entry in found.entries] + [one.name for one in found.skipped]
    times = math.ceil(sum(entry.nbytes for entry in found.entries) / HELD) if without is None else 1
    chosen = range(len(found))[:: max(1, min(times, len(found) // FEW))]
    loaded, bad = found.read_some(chosen)
    found = found.without(bad).require(strict)
    if note:
        for line in found.notes:
            note(line)
        if times > 1:
            note(f"{len(chosen)} images, spread over all, are read: more would not be visited")
        for one in found.skipped:
            note(f"left out: {one.reason}")
        for line in describe_kinds(loaded[:: max(1, len(loaded) // KINDS)]):
            note(line)
    read = {image.name for image in loaded}
    return loaded, [name for name in names if name not in read]


def check_fits(recipe: Recipe, images: Sequence[Sized]) -> None:
    """Refuse to train on images that are smaller than any nucleus, or enlarged beyond memory.

    Parameters
    ----------
    recipe
        Its settings, settled.
    images
        Those to train on.

    Raises
    ------
    AdganError
        Before anything is computed or written.
    """
    longest = max(max(image.shape) for image in images)
    if recipe.scene.radius[0] > longest:
        raise AdganError(
            f"nuclei of radius {recipe.scene.radius[0]:g} px are larger than all images, of "
            f"{longest} px at most: give radii in pixels of the images"
        )
    for image in images:
        working = working_shape(image.shape, recipe.scales(image.spacing))
        size = BYTES * math.prod(working)
        sides = " x ".join(map(str, working))
        ask(size, f"{image.path}, enlarged to {sides},", "check the radius, or cut it into parts")


def settle(recipe: Recipe, images: Sequence[Image]) -> Recipe:
    """Return a recipe that names the voxel size and the elongation it goes by.

    Parameters
    ----------
    recipe
        Settings; what they leave open is filled in.
    images
        Those to train on. The first one's voxel size is what sizes refer to.

    Returns
    -------
    Recipe
        The same for images.
    """
    data = recipe.data
    if data.rank == 2:
        return recipe
    spacing, elongation = data.spacing or images[0].spacing, data.elongation
    if elongation is None:
        some = [images[i].pixels for i in spread(len(images), 3)]
        stated = spacing[0] / spacing[-1] if spacing else None
        seen = plane_distance(some, stated)
        elongation = (stated or 1.0) / seen if seen else 1.0
    settled = data.model_copy(update={"spacing": spacing, "elongation": elongation})
    return recipe.model_copy(update={"data": settled})


def describe_spacing(
    names: Sequence[str],
    spacings: Sequence[tuple[float, ...] | None],
    run: tuple[float, ...] | None,
) -> list[str]:
    """Say which voxel sizes are brought to that of a run, a line each.

    Parameters
    ----------
    names, spacings
        Of the images; None where they do not say their voxel size.
    run
        What sizes of the run refer to.
    """
    if run is None:
        return []
    others: dict[tuple[float, ...], list[str]] = {}
    for name, spacing in zip(names, spacings, strict=True):
        if spacing is not None and not _same(spacing, run):
            others.setdefault(spacing, []).append(name)
    own = " x ".join(f"{side:g}" for side in run)
    return [
        f"{_named(who)}: voxels of {' x '.join(f'{side:g}' for side in other)} um are brought to "
        f"those of {own} um that the run goes by"
        for other, who in sorted(others.items())
    ]


def describe_thin(recipe: Recipe, images: Sequence[Sized]) -> list[str]:
    """Say which images are thinner than the networks reach, a line or none."""
    thin = [
        image.name
        for image in images
        if min(working_shape(image.shape, recipe.scales(image.spacing))) < NETWORK_SIDE_MIN_PIXELS
    ]
    if not thin:
        return []
    return [
        f"{_named(thin)}: thinner than the network's minimum of {NETWORK_SIDE_MIN_PIXELS} working "
        "pixels, and padded by reflection"
    ]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a / b - 1) <= SAME for a, b in zip(one, other, strict=True))
