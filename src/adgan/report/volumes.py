"""An image in one picture with outlines: a volume as projection along Z and central sections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray

from adgan.report.overlay import overlay
from adgan.report.pictures import (
    PICTURE_SIDE_MAX_PIXELS,
    pixel_sides,
    planes,
    resize_labels,
    show,
    show_as,
)


@dataclass(frozen=True)
class SheetLayout:
    """How the planes of a volume are laid out on one picture.

    Parameters
    ----------
    gap
        Distance between planes, in pixels.
    line
        Height of the line of text above each plane, in pixels.
    page, text
        Colours of the page and of the text.
    """

    gap: int = 8
    line: int = 20
    page: tuple[int, int, int] = (255, 255, 255)
    text: tuple[int, int, int] = (60, 60, 60)


SHEET = SheetLayout()

Draw = Callable[[NDArray[np.uint8], NDArray[Any]], NDArray[np.uint8]]


def from_above(image: NDArray[Any], labels: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return the labels of a maximum projection along Z: the brightest nucleus in each column.

    Parameters
    ----------
    image, labels
        ``Z Y X``, of the same shape.

    Returns
    -------
    numpy.ndarray
        ``Y X``, of the same type as `labels`.
    """
    number = int(labels.max(initial=0)) + 1
    sums, sizes = np.zeros(number), np.zeros(number)
    for plane, marked in zip(image, labels, strict=True):  # limits the memory for large volumes
        sums += np.bincount(marked.ravel(), plane.ravel(), number)
        sizes += np.bincount(marked.ravel(), minlength=number)
    light = sums / np.maximum(sizes, 1)
    light[0] = -np.inf
    order = np.argsort(light)
    rank = np.empty(number, np.intp)
    rank[order] = np.arange(number)
    top = np.zeros(labels.shape[1:], np.intp)
    for marked in labels:
        np.maximum(top, rank[marked], out=top)
    return order[top].astype(labels.dtype)


def sheet(
    image: NDArray[Any],
    labels: NDArray[np.integer],
    spacing: tuple[float, ...] | None = None,
    draw: Draw = overlay,
    largest: int = PICTURE_SIDE_MAX_PIXELS,
) -> NDArray[np.uint8]:
    """Draw labels on an image, or on the projection of a volume along Z and its central sections.

    Parameters
    ----------
    image, labels
        ``(Z) Y X``, of the same shape.
    spacing
        Voxel size per axis, for volumes; None for 1 along all axes.
    draw
        Draws the labels on a gray plane.
    largest
        Approximate longest side of a plane in pixels.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``. The projection of a volume is on the left, then the sections at the same
        scale: XZ below XY, YZ beside it.
    """
    if image.ndim == 2:
        gray = show(image, largest=largest)
        return draw(gray, resize_labels(labels, gray.shape))
    pixels = pixel_sides(spacing, 3)
    unit = min(spacing or (1.0,))
    longest = max(n * s / unit for n, s in zip(image.shape, spacing or (1.0,) * 3, strict=True))
    scale = largest / longest
    scale = np.floor(scale) if scale >= 1 else scale

    def plane(gray: NDArray[Any], marked: NDArray[Any], sides: tuple[float, float]) -> Any:
        height, width = (scale * n * s / unit for n, s in zip(gray.shape, sides, strict=True))
        shape = max(1, round(height)), max(1, round(width))
        return draw(show_as(gray, shape), resize_labels(marked, shape))

    above = plane(image.max(axis=0), from_above(image, labels), pixels[0])
    cuts = planes(image)
    xy, xz, yz = cuts.values()
    xy_labels, xz_labels, yz_labels = planes(labels).values()
    slices = [
        plane(xy, xy_labels, pixels[0]),
        plane(xz, xz_labels, pixels[1]),
        plane(yz.T, yz_labels.T, pixels[2][::-1]),
    ]
    return _lay_out(above, slices, list(cuts))


def _lay_out(
    above: NDArray[np.uint8], slices: list[NDArray[np.uint8]], names: list[str]
) -> NDArray[np.uint8]:
    """Arrange the planes, with their names above them."""
    xy, xz, yz = slices
    gap, line = SHEET.gap, SHEET.line
    second = above.shape[1] + gap
    third, below = second + xy.shape[1] + gap, line + xy.shape[0] + gap
    places = [(0, 0), (second, 0), (second, below), (third, 0)]
    size = (third + yz.shape[1], below + line + xz.shape[0])
    page = PIL.Image.new("RGB", size, SHEET.page)
    pen, font = PIL.ImageDraw.Draw(page), PIL.ImageFont.load_default(size=line - 4)
    for picture, (x, y), name in zip(
        (above, *slices), places, ("maximum along Z", *names), strict=True
    ):
        pen.text((x, y), name, fill=SHEET.text, font=font)
        page.paste(PIL.Image.fromarray(picture), (x, y + line))
    return np.asarray(page)
