"""Images, label maps and volumes brought to the size and the gray values of a page."""

import base64
import io
from typing import TypeVar

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from adgan.auto import scaling

Kind = TypeVar("Kind", bound=np.generic)

LARGEST = 900  # pixels along the longer side: sharp on a wide screen, about 0.5 MB as a PNG


def stretch(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return gray values in which dim nuclei are seen beside bright ones.

    :data:`adgan.auto.scaling.PERCENTILES` are brought to 0 and 1, cut, and a square root is taken.

    Parameters
    ----------
    image
        Intensities of any shape and real type; values that are not finite become black.

    Returns
    -------
    numpy.ndarray
        uint8, the same shape; all 0 where the image has one value only.
    """
    values = image.astype(np.float32)
    finite = np.isfinite(values)
    low, high = np.percentile(values[finite], scaling.PERCENTILES) if finite.any() else (0.0, 0.0)
    if not high > low:
        # A sparse image: so few pixels are bright that the percentiles miss them.
        low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    share = scaling.stretch(np.where(finite, values, low), float(low), float(high))
    return np.rint(255 * share).astype(np.uint8)


def display_shape(
    shape: tuple[int, ...], pixel: tuple[float, float] = (1.0, 1.0), largest: int = LARGEST
) -> tuple[int, int]:
    """Return the shape in which a plane is shown: square pixels, neither huge nor tiny.

    Large planes are made smaller. Small ones are enlarged by a whole factor, so that
    outlines one pixel wide are thin beside the nuclei.

    Parameters
    ----------
    shape
        Rows and columns of the plane.
    pixel
        Height and width of one of its pixels, in any one unit.
    largest
        The longer side may not be longer than this.

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
    plane: NDArray[np.generic], pixel: tuple[float, float] = (1.0, 1.0), largest: int = LARGEST
) -> NDArray[np.uint8]:
    """Stretch a plane and bring it to its display shape.

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
    """Stretch a plane ``Y X`` and bring it to a shape; uint8."""
    # Twice the display is all that averaging needs: a huge image is never copied whole.
    steps = tuple(max(1, size // (2 * new)) for size, new in zip(plane.shape, shape, strict=True))
    return resize(stretch(plane[:: steps[0], :: steps[1]]), shape)


def resize(picture: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Resize a gray or colour picture: averaged where it shrinks, linear where it grows.

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
    """Resize a plane of labels or marks by taking the nearest pixel.

    Parameters
    ----------
    labels
        Of any type, ``Y X``.
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
    """Return what is shown of an image: itself, or three slices through a volume's middle.

    Parameters
    ----------
    array
        Intensities or labels, ``(Z) Y X``.

    Returns
    -------
    dict
        Name to plane; ``""`` for the one plane of an image, otherwise ``XY``, ``XZ`` and
        ``YZ`` with the index of the slice. Rows of ``XZ`` and ``YZ`` are Z.
    """
    if array.ndim == 2:
        return {"": array}
    z, y, x = (size // 2 for size in array.shape)
    return {
        f"XY, z = {z}": array[z],
        f"XZ, y = {y}": array[:, y],
        f"YZ, x = {x}": array[:, :, x],
    }


def pixel_sides(spacing: tuple[float, ...] | None, rank: int) -> list[tuple[float, float]]:
    """Return height and width of the pixels of each plane of `planes`.

    Parameters
    ----------
    spacing
        Size of a pixel along ``(Z) Y X``; None stands for 1 along all.
    rank
        2 or 3.

    Returns
    -------
    list of tuple of float
        One entry for an image, three for a volume.
    """
    if rank == 2:
        y, x = spacing or (1.0, 1.0)
        return [(y, x)]
    z, y, x = spacing or (1.0, 1.0, 1.0)
    return [(y, x), (z, x), (z, y)]


def data_uri(picture: NDArray[np.uint8]) -> str:
    """Encode a picture as a PNG inside a URI, with as few bits a pixel as it needs.

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
        # Gray with a few colours in it: a palette is lossless and a third of the size.
        values = np.array([colour for _, colour in colours], np.uint8)
        code = picture.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
        known = values.astype(np.int32) @ np.array([65536, 256, 1], np.int32)
        order = np.argsort(known)
        index = np.searchsorted(known[order], code).astype(np.uint8)
        image = PIL.Image.fromarray(index, mode="P")
        image.putpalette(values[order].tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")  # to search for the smallest takes ten times as long
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
