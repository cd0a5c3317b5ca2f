"""Read the images of a run as its recipe states, and complete the recipe from them."""

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from adgan.errors import AdganError
from adgan.image.scale import NETWORK_SIDE_MIN_PIXELS, working_shape
from adgan.io import Collection, Image, ReadOptions, Sized, Sources, open_images
from adgan.io.entry import other_ndim
from adgan.io.options import AS_STORED
from adgan.recipe.groups import DataSettings
from adgan.recipe.recipe import Recipe
from adgan.survey.kind import describe_kinds
from adgan.survey.settings import INPUTS
from adgan.survey.size import elongation_of
from adgan.survey.survey import Survey, survey_images
from adgan.survey.voxels import describe_voxels
from adgan.system.peak import ask


def open_inputs(
    images: Sources,
    recipe: Recipe,
    options: ReadOptions = AS_STORED,
    any_ndim: bool = False,
) -> Collection:
    """List images or arrays without reading them; skip those with other axes than the recipe's.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``.
    recipe
        Recipe with reading options that apply where `options` have none.
    options
        Reading options (default: those of the recipe). A pixel size that is not given is read from
        the files.
    any_ndim
        Accept either images or volumes, whatever the recipe is for (default: False).

    Raises
    ------
    AdganError
        As for :func:`adgan.io.open_images`, or if no image can be used.
    """
    ndim = None if any_ndim else recipe.data.ndim
    return open_images(images, options.over(options_of(recipe.data)), ndim).require()


def options_of(data: DataSettings) -> ReadOptions:
    """Return the reading options of a recipe, without the pixel size, which each file may state."""
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
        If True, an image that cannot be used is an error (default: False, it is left out).
    without
        Names of the images that were left out when a run was started; all others are read (default:
        the run is new).
    note
        Function that is called with each message about the images (default: no messages).

    Returns
    -------
    images
        The images that were read.
    left_out
        Names of the images that were not read or cannot be used.

    Raises
    ------
    AdganError
        As for :func:`open_inputs`; or if images and volumes are mixed, or no image can be used.
    """
    found = _list_training_images(images, recipe, strict, without)
    names = [entry.name for entry in found.entries] + [one.name for one in found.skipped]
    chosen = range(len(found)) if without is not None else _choose(found)
    loaded, bad = found.read_some(chosen)
    found = found.without(bad).require(strict)
    if note:
        for line in _describe_reading(found, loaded, chosen):
            note(line)
    read = {image.name for image in loaded}
    return loaded, [name for name in names if name not in read]


def _list_training_images(
    images: Sources, recipe: Recipe, strict: bool, without: Container[str] | None
) -> Collection:
    """Return the images that may be read; refuse those with other axes than the recipe's."""
    data = recipe.data
    found = open_images(images, replace(options_of(data), spacing=data.spacing))
    if without is not None:
        kept = [entry for entry in found.entries if entry.name not in without]
        bad = [one for one in found.skipped if one.name not in without]
        found = Collection(kept, bad, found.notes)
    if len(found.require(strict).entries[0].shape) != data.ndim:
        raise other_ndim(found.entries[0], data.ndim)
    return found


def _choose(found: Collection) -> range:
    """Return the indices of the images to read: all, or evenly spaced ones that fit into memory."""
    times = math.ceil(sum(entry.nbytes for entry in found.entries) / INPUTS.bytes_max)
    return range(len(found))[:: max(1, min(times, len(found) // INPUTS.images_min))]


def _describe_reading(found: Collection, loaded: Sequence[Image], chosen: range) -> list[str]:
    """Return messages on the files, on the images that are left out, and on their kind."""
    lines = list(found.notes)
    if chosen.step > 1:
        lines.append(f"{len(chosen)} evenly spaced images are read: training would not use more")
    lines += [f"left out: {one.reason}" for one in found.skipped]
    some = loaded[:: max(1, len(loaded) // INPUTS.checked)]
    return [*lines, *describe_kinds(some), *describe_voxels(some)]


def check_fits(recipe: Recipe, images: Sequence[Sized]) -> None:
    """Refuse training images that are smaller than any nucleus, or that do not fit into memory.

    Parameters
    ----------
    recipe
        Complete settings of the run.
    images
        Training images; only their shapes and pixel sizes are used.

    Raises
    ------
    AdganError
        If an image is refused, before anything is computed or written.
    """
    longest = max(max(image.shape) for image in images)
    if recipe.scene.radius[0] > longest:
        raise AdganError(
            f"nuclei of radius {recipe.scene.radius[0]:g} px are larger than all images, which "
            f"have at most {longest} px: give the radius in pixels of the images"
        )
    for image in images:
        working = working_shape(image.shape, recipe.scales(image.spacing))
        size = INPUTS.preparation * math.prod(working)
        sides = " x ".join(map(str, working))
        ask(size, f"{image.path}, enlarged to {sides},", "check the radius, or cut it into parts")


def survey_inputs(images: Sequence[Image], expected: float | None = None) -> Survey:
    """Survey the images of a run, see :func:`adgan.survey.survey.survey_images`."""
    pixels, spacings = [image.pixels for image in images], [image.spacing for image in images]
    return survey_images(pixels, spacings, expected)


def settle(recipe: Recipe, images: Sequence[Image], survey: Survey) -> Recipe:
    """Return a recipe for volumes with its voxel size and elongation set.

    Parameters
    ----------
    recipe
        Settings of the run; those that are not set follow from the images.
    images
        Training images. Nucleus sizes refer to the voxel size of the first one.
    survey
        Survey of these images.

    Returns
    -------
    Recipe
        Complete settings; `recipe` itself if it is for 2D images.
    """
    data = recipe.data
    if data.ndim == 2:
        return recipe
    elongation = elongation_of(survey.images) if data.elongation is None else data.elongation
    spacing = data.spacing or images[0].spacing
    settled = data.model_copy(update={"spacing": spacing, "elongation": elongation})
    return recipe.model_copy(update={"data": settled})


def describe_spacing(
    names: Sequence[str],
    spacings: Sequence[tuple[float, ...] | None],
    run: tuple[float, ...] | None,
) -> list[str]:
    """Return messages on images that are rescaled to the voxel size of a run, one per voxel size.

    Parameters
    ----------
    names
        Names of the images.
    spacings
        Voxel size of each image in micrometres, ``(Z) Y X``; None if it is unknown.
    run
        Voxel size to which the nucleus sizes of the run refer; None gives no messages.
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
    """Return a message on images that are thinner than the networks require, if there are any."""
    thin = [
        image.name
        for image in images
        if min(working_shape(image.shape, recipe.scales(image.spacing))) < NETWORK_SIDE_MIN_PIXELS
    ]
    if not thin:
        return []
    return [
        f"{_named(thin)}: thinner than the network's minimum of {NETWORK_SIDE_MIN_PIXELS} working "
        "pixels, so padded by reflection"
    ]


def _named(names: Sequence[str]) -> str:
    """Return the first name and the number of the others as text."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return True if two voxel sizes are equal within ``INPUTS.same_spacing``."""
    return all(abs(a / b - 1) <= INPUTS.same_spacing for a, b in zip(one, other, strict=True))
