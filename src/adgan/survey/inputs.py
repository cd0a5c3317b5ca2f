"""Read the images of a run as its recipe says, and complete the recipe from them."""

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from adgan.errors import AdganError
from adgan.image.scale import NETWORK_SIDE_MIN_PIXELS, working_shape
from adgan.io import Collection, Image, ReadOptions, Sized, Sources, open_images
from adgan.io.entry import other_rank
from adgan.io.options import AS_STORED
from adgan.recipe.groups import DataSettings
from adgan.recipe.recipe import Recipe
from adgan.survey.kind import describe_kinds
from adgan.survey.planes import plane_distance
from adgan.survey.survey import spread
from adgan.system.peak import ask

TRAINING_BYTES_MAX = 2**29
"""Largest total size of the images that a training reads; of larger sets, it reads a part."""
TRAINING_IMAGES_MIN = 4
"""Number of images that it reads in any case."""
PREPARATION_BYTES = 16
"""Memory for preparing an image, in bytes per working pixel."""
KIND_IMAGES = 6
"""Approximate number of images that are checked for being fluorescence images."""
SPACING_TOLERANCE = 0.01
"""Relative difference up to which two voxel sizes count as equal."""


def open_inputs(
    images: Sources,
    recipe: Recipe,
    options: ReadOptions = AS_STORED,
    any_rank: bool = False,
) -> Collection:
    """Describe images or arrays; those with another number of axes than the recipe's are skipped.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    recipe
        Determines how images are read where `options` do not.
    options
        How images are read; a pixel size that is not given is read from the files.
    any_rank
        If True, accept volumes as well as images, as long as all are of the same kind.

    Raises
    ------
    AdganError
        As :func:`adgan.io.open_images`; or if no image is left.
    """
    rank = None if any_rank else recipe.data.rank
    return open_images(images, options.over(options_of(recipe.data)), rank).require()


def options_of(data: DataSettings) -> ReadOptions:
    """Return a recipe's reading options, except the pixel size, which each file may state."""
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
    """Read training images: all of them, or as many evenly spaced ones as fit into memory.

    Parameters
    ----------
    images, recipe
        As for :func:`open_inputs`.
    strict
        If True, one image that cannot be used is an error.
    without
        Names of the images that were left out when a run was started; all others are read.
    note
        Called with a message about each image that is left out.

    Returns
    -------
    images
        The images that were read.
    left_out
        Names of the images that were not read or cannot be used.

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
    times = (
        math.ceil(sum(entry.nbytes for entry in found.entries) / TRAINING_BYTES_MAX)
        if without is None
        else 1
    )
    chosen = range(len(found))[:: max(1, min(times, len(found) // TRAINING_IMAGES_MIN))]
    loaded, bad = found.read_some(chosen)
    found = found.without(bad).require(strict)
    if note:
        for line in found.notes:
            note(line)
        if times > 1:
            note(f"{len(chosen)} evenly spaced images are read: training would not use more")
        for one in found.skipped:
            note(f"left out: {one.reason}")
        for line in describe_kinds(loaded[:: max(1, len(loaded) // KIND_IMAGES)]):
            note(line)
    read = {image.name for image in loaded}
    return loaded, [name for name in names if name not in read]


def check_fits(recipe: Recipe, images: Sequence[Sized]) -> None:
    """Refuse training images that are smaller than any nucleus, or do not fit into memory.

    Parameters
    ----------
    recipe
        The complete settings of the run.
    images
        The training images.

    Raises
    ------
    AdganError
        If an image is refused, before anything is computed or written.
    """
    longest = max(max(image.shape) for image in images)
    if recipe.scene.radius[0] > longest:
        raise AdganError(
            f"nuclei of radius {recipe.scene.radius[0]:g} px are larger than all images, which "
            f"have at most {longest} px: give radii in pixels of the images"
        )
    for image in images:
        working = working_shape(image.shape, recipe.scales(image.spacing))
        size = PREPARATION_BYTES * math.prod(working)
        sides = " x ".join(map(str, working))
        ask(size, f"{image.path}, enlarged to {sides},", "check the radius, or cut it into parts")


def settle(recipe: Recipe, images: Sequence[Image]) -> Recipe:
    """Return a recipe with its voxel size and elongation set.

    Parameters
    ----------
    recipe
        Settings; values that are not set are taken from the images.
    images
        The training images. Nucleus sizes refer to the voxel size of the first one.

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
    """Return notes on images that are rescaled to the voxel size of a run, one line per size.

    Parameters
    ----------
    names, spacings
        Names and voxel sizes of the images; None if the size is unknown.
    run
        Voxel size to which the run's nucleus sizes refer.
    """
    if run is None:
        return []
    others: dict[tuple[float, ...], list[str]] = {}
    for name, spacing in zip(names, spacings, strict=True):
        if spacing is not None and not _same(spacing, run):
            others.setdefault(spacing, []).append(name)
    own = " x ".join(f"{side:g}" for side in run)
    return [
        f"{_named(who)}: voxels of {' x '.join(f'{side:g}' for side in other)} um are rescaled to "
        f"the run's voxels of {own} um"
        for other, who in sorted(others.items())
    ]


def describe_thin(recipe: Recipe, images: Sequence[Sized]) -> list[str]:
    """Return a note on images with fewer planes than the networks need, if any."""
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
    return all(abs(a / b - 1) <= SPACING_TOLERANCE for a, b in zip(one, other, strict=True))
