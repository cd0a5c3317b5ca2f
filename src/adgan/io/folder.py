"""Checks that the images of a set can be processed together."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from adgan.errors import AdganError
from adgan.io.image import Named
from adgan.io.spacing import possible

OTHER_NDIM_FRACTION_MAX = 0.2
"""If at most this fraction of the images has another number of axes, these are skipped; if
more, the whole set is refused."""


class Sized(Named, Protocol):
    """An image, whether its pixels have been read or not."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of pixels per axis, ``(Z) Y X``."""

    @property
    def spacing(self) -> tuple[float, ...] | None:
        """Micrometres per axis."""


T = TypeVar("T", bound=Sized)


def check_ndim(images: Sequence[Sized]) -> None:
    """Refuse a mixture of images and volumes.

    Parameters
    ----------
    images
        At least one.

    Raises
    ------
    AdganError
        If both occur; names one of each.
    """
    first = images[0]
    for image in images:
        if len(image.shape) != len(first.shape):
            flat, deep = sorted((first, image), key=lambda i: len(i.shape))
            raise AdganError(
                f"2D and 3D are mixed: {flat.path} is an image and {deep.path} a volume "
                f"{deep.shape}: process them separately, or split the volume with `frames=True`"
            )


def split_by_ndim(images: Sequence[T]) -> tuple[list[T], list[T]]:
    """Separate the few images whose number of axes differs from the others.

    Parameters
    ----------
    images
        At least one.

    Returns
    -------
    kept, others
        The others are at most a fifth of all, such as a single stack among images.

    Raises
    ------
    AdganError
        If they are more than a fifth; names one of each.
    """
    flat = [image for image in images if len(image.shape) == 2]
    deep = [image for image in images if len(image.shape) != 2]
    others, kept = sorted((flat, deep), key=len)
    if len(others) > OTHER_NDIM_FRACTION_MAX * len(images):
        check_ndim(images)
    return kept, others


def check_spacing_of(image: Sized) -> None:
    """Refuse impossible voxel sizes.

    Raises
    ------
    AdganError
        If the size is impossible; names the volume.
    """
    if image.spacing and not possible(image.spacing):
        sides = " x ".join(f"{side:g}" for side in image.spacing)
        raise AdganError(
            f"{image.path} states an impossible voxel size of {sides} um: "
            "give the true size with `spacing=(Z, Y, X)`"
        )


def check_voxels(images: Sequence[Sized]) -> None:
    """Refuse volumes of which only some have a known voxel size.

    Parameters
    ----------
    images
        At least one. 2D images always pass, as their nucleus sizes are in pixels.

    Raises
    ------
    AdganError
        If only some are known; names a volume of each kind.
    """
    first = images[0]
    for image in images:
        if len(image.shape) == 3 and (first.spacing is None) != (image.spacing is None):
            has, lacks = (first, image) if image.spacing is None else (image, first)
            raise AdganError(
                f"{has.path} states its voxel size {has.spacing}, but {lacks.path} does not: "
                "give one size for all with `spacing=(Z, Y, X)`"
            )
