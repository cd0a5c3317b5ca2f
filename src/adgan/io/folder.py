"""Whether the images of a set belong together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from adgan.errors import AdganError
from adgan.io.spacing import possible

FEW = 0.2
"""Share of the images up to which those of another rank are left out rather than all refused."""


class Sized(Protocol):
    """An image, read or not."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def name(self) -> str:
        """The stem of what is written for it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of pixels per axis, ``(Z) Y X``."""

    @property
    def spacing(self) -> tuple[float, ...] | None:
        """Micrometres per axis."""


T = TypeVar("T", bound=Sized)


def check_rank(images: Sequence[Sized]) -> None:
    """Refuse a mixture of images and volumes.

    Parameters
    ----------
    images
        At least one.

    Raises
    ------
    AdganError
        Naming one of each.
    """
    first = images[0]
    for image in images:
        if len(image.shape) != len(first.shape):
            flat, deep = sorted((first, image), key=lambda i: len(i.shape))
            raise AdganError(
                f"2D and 3D are mixed: {flat.path} is an image and {deep.path} a volume "
                f"{deep.shape}: run them apart, or split the volume with `frames=True`"
            )


def part_ranks(images: Sequence[T]) -> tuple[list[T], list[T]]:
    """Tell the few images that are of another rank than the others.

    Parameters
    ----------
    images
        At least one.

    Returns
    -------
    kept, others
        The others are a fifth of all at most, as where a stack lies among images.

    Raises
    ------
    AdganError
        If there are more of both, naming one of each.
    """
    flat = [image for image in images if len(image.shape) == 2]
    deep = [image for image in images if len(image.shape) != 2]
    others, kept = sorted((flat, deep), key=len)
    if len(others) > FEW * len(images):
        check_rank(images)
    return kept, others


def check_spacing_of(image: Sized) -> None:
    """Refuse voxel sizes that cannot be.

    Raises
    ------
    AdganError
        Naming the volume.
    """
    if image.spacing and not possible(image.spacing):
        sides = " x ".join(f"{side:g}" for side in image.spacing)
        raise AdganError(
            f"{image.path} states voxels of {sides} um, which cannot be: "
            "give the true size with `spacing=(Z, Y, X)`"
        )


def check_voxels(images: Sequence[Sized]) -> None:
    """Refuse voxel sizes that are known for some of the volumes only.

    Parameters
    ----------
    images
        At least one; of images, whose sizes are found in pixels, any will do.

    Raises
    ------
    AdganError
        Naming one volume of each.
    """
    first = images[0]
    for image in images:
        if len(image.shape) == 3 and (first.spacing is None) != (image.spacing is None):
            has, lacks = (first, image) if image.spacing is None else (image, first)
            raise AdganError(
                f"{has.path} states its voxel size {has.spacing} and {lacks.path} does not: "
                "give one for all with `spacing=(Z, Y, X)`"
            )
