"""Ground truth, prediction and mistakes of one image, side by side."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan.metrics import Mistakes
from adgan.report.colours import colour_labels
from adgan.report.mistakes import mistakes_picture
from adgan.report.page import Figure, Picture, Value
from adgan.report.pictures import display_shape, pixel_sides, planes, resize_labels, show
from adgan.report.volumes import from_above

ABOVE = "maximum along Z"
NUCLEUS_GRAY = 70  # of the true nuclei if there is no image to draw on


def compare(
    name: str,
    predicted: NDArray[np.integer],
    truth: NDArray[np.integer],
    mistakes: Mistakes,
    image: NDArray[Any] | None = None,
    spacing: tuple[float, ...] | None = None,
    ignore_border: int = 0,
    numbers: Mapping[str, Value] | None = None,
) -> tuple[Figure, ...]:
    """Show ground truth, prediction and mistakes; a volume as projection and three sections.

    Parameters
    ----------
    name
        Name of the image.
    predicted, truth
        Label maps, ``(Z) Y X``.
    mistakes
        Their mistakes, from `adgan.metrics.find_mistakes`.
    image
        Intensities of the same shape to draw on, or None.
    spacing
        Pixel size per axis, or None.
    ignore_border
        Width of the band along the Y and X borders that was not scored, in pixels.
    numbers
        Values for the caption.

    Returns
    -------
    tuple of Figure
        One for an image, four for a volume.
    """
    drawn = np.where(truth, NUCLEUS_GRAY, 0).astype(np.uint8) if image is None else image
    ignored_band = _band(truth, ignore_border)
    flat, band, sides = planes(drawn), planes(ignored_band), pixel_sides(spacing, truth.ndim)
    maps = [planes(array) for array in (predicted, truth)]
    if truth.ndim == 3:
        flat = {ABOVE: drawn.max(axis=0), **flat}
        band = {ABOVE: ignored_band[0], **band}
        pairs = zip(maps, (predicted, truth), strict=True)
        maps = [{ABOVE: from_above(drawn, array), **slices} for slices, array in pairs]
        sides = [sides[0], *sides]
    figures = []
    for plane, pixel in zip(flat, sides, strict=True):
        shape = display_shape(flat[plane].shape, pixel)
        gray = resize_labels(flat[plane], shape) if image is None else show(flat[plane], pixel)
        ours, true = (resize_labels(of[plane], shape) for of in maps)
        ignored = resize_labels(band[plane], shape)
        pictures = (
            Picture(colour_labels(true), "truth"),
            Picture(colour_labels(ours), "prediction"),
            Picture(mistakes_picture(gray, ours, true, mistakes, ignored), "mistakes"),
        )
        figures.append(Figure(f"{name}, {plane}" if plane else name, pictures, numbers or {}))
    return tuple(figures)


def _band(labels: NDArray[np.integer], width: int) -> NDArray[np.bool_]:
    """Return a mask of the band along the Y and X borders that was not scored."""
    band = np.zeros(labels.shape, bool)
    if width:
        band[...] = True
        band[..., width:-width, width:-width] = False
    return band
