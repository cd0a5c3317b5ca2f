"""Convert images, label maps and volumes to the size and gray values of a page."""

import base64
import io
from typing import TypeVar

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from adgan.image import intensity as light

Kind = TypeVar("Kind", bound=np.generic)

PICTURE_SIDE_MAX_PIXELS = (
    900  # pixels along the longer side: sharp on a wide screen, about 0.5 MB as a PNG
)


def stretch(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return gray values in which both dim and bright nuclei are visible.

    :data:`adgan.image.intensity.PERCENTILES` are mapped to 0 and 1, clipped, and the square root is
    taken.

    Parameters
    ----------
    image
        Intensities of any shape and real type; values that are not finite become black.

    Returns
    -------
    numpy.ndarray
        uint8, the same shape; all 0 for a constant image.
    """
    values = image.astype(np.float32)
    finite = np.isfinite(values)
    low, high = np.percentile(values[finite], light.PERCENTILES) if finite.any() else (0.0, 0.0)
    if not high > low:
        # A sparse image has too few bright pixels for the percentiles.
        low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    share = light.stretch(np.where(finite, values, low), float(low), float(high))
    return np.rint(255 * share).astype(np.uint8)


def display_shape(
    shape: tuple[int, ...],
    pixel: tuple[float, float] = (1.0, 1.0),
    largest: int = PICTURE_SIDE_MAX_PIXELS,
) -> tuple[int, int]:
    """Return the shape in which a plane is shown: with square pixels, neither huge nor tiny.

    Large planes are reduced. Small ones are enlarged by an integer factor, so that outlines one
    pixel wide are thin compared with nuclei.

    Parameters
    ----------
    shape
        Rows and columns of the plane.
    pixel
        Height and width of a pixel, in the same unit.
    largest
        Upper limit of the longer side, in pixels.

    Returns
    -------
    tuple of int
        Rows and columns, at least 1.
    """
    unit = min(pixel)
    height, width = (size * side / unit for size, side in zip(shape, pixel, strict=True))
    scale = largest / max(height, width)
    scale = np.floor(scale) if scale >= 1 else scale
    return max(1, round(height * scale)), max(1, round(width * scale))


def show(
    plane: NDArray[np.generic],
    pixel: tuple[float, float] = (1.0, 1.0),
    largest: int = PICTURE_SIDE_MAX_PIXELS,
) -> NDArray[np.uint8]:
    """Stretch the intensities of a plane and resize it to its display shape.

    Parameters
    ----------
    plane
        Intensities, ``Y X``.
    pixel, largest
        See `display_shape`.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X``.
    """
    return show_as(plane, display_shape(plane.shape, pixel, largest))


def show_as(plane: NDArray[np.generic], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Stretch the intensities of a plane ``Y X`` and resize it to a shape; uint8."""
    # Twice the display size is enough for averaging, so a huge image is never copied as a whole.
    steps = tuple(max(1, size // (2 * new)) for size, new in zip(plane.shape, shape, strict=True))
    return resize(stretch(plane[:: steps[0], :: steps[1]]), shape)


def resize(picture: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Resize a gray or colour picture, by averaging to reduce it and linearly to enlarge it.

    Parameters
    ----------
    picture
        uint8, ``Y X`` or ``Y X 3``.
    shape
        New rows and columns.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X`` or ``Y X 3``.
    """
    if picture.shape[:2] == shape:
        return picture
    size = shape[1], shape[0]
    return np.asarray(PIL.Image.fromarray(picture).resize(size, PIL.Image.Resampling.BILINEAR))


def resize_labels(labels: NDArray[Kind], shape: tuple[int, ...]) -> NDArray[Kind]:
    """Resize a plane of labels or a mask by nearest-neighbour interpolation.

    Parameters
    ----------
    labels
        ``Y X``, any type.
    shape
        New rows and columns.

    Returns
    -------
    numpy.ndarray
        The labels' type, `shape`.
    """
    rows, columns = (
        ((np.arange(new) + 0.5) * size / new).astype(np.intp)
        for size, new in zip(labels.shape, shape, strict=True)
    )
    return labels[np.ix_(rows, columns)]


def planes(array: NDArray[Kind]) -> dict[str, NDArray[Kind]]:
    """Return the displayed planes: the image itself, or three central sections of a volume.

    Parameters
    ----------
    array
        Intensities or labels, ``(Z) Y X``.

    Returns
    -------
    dict
        Planes by name: ``""`` for an image, otherwise ``XY``, ``XZ`` and ``YZ`` with the index of
        the section. Rows of ``XZ`` and ``YZ`` are Z.
    """
    if array.ndim == 2:
        return {"": array}
    z, y, x = (size // 2 for size in array.shape)
    return {
        f"XY, z = {z}": array[z],
        f"XZ, y = {y}": array[:, y],
        f"YZ, x = {x}": array[:, :, x],
    }


def pixel_sides(spacing: tuple[float, ...] | None, ndim: int) -> list[tuple[float, float]]:
    """Return the height and width of the pixels of each plane of `planes`.

    Parameters
    ----------
    spacing
        Pixel size along ``(Z) Y X``; None for 1 along all axes.
    ndim
        2 or 3.

    Returns
    -------
    list of tuple of float
        One entry for an image, three for a volume.
    """
    if ndim == 2:
        y, x = spacing or (1.0, 1.0)
        return [(y, x)]
    z, y, x = spacing or (1.0, 1.0, 1.0)
    return [(y, x), (z, x), (z, y)]


def data_uri(picture: NDArray[np.uint8]) -> str:
    """Encode a picture as a PNG data URI, with as few bits per pixel as possible.

    Parameters
    ----------
    picture
        uint8, ``Y X`` or ``Y X 3``.

    Returns
    -------
    str
        ``data:image/png;base64,...``
    """
    assert picture.dtype == np.uint8, "pictures are uint8"
    image = PIL.Image.fromarray(picture)
    if image.mode == "RGB" and (colours := image.getcolors(256)) is not None:
        # For gray with a few colours, a palette is lossless and a third of the size.
        values = np.array([colour for _, colour in colours], np.uint8)
        code = picture.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
        known = values.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
        order = np.argsort(known)
        index = np.searchsorted(known[order], code).astype(np.uint8)
        image = PIL.Image.fromarray(index, mode="P")
        image.putpalette(values[order].tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")  # optimising the size takes ten times as long
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
