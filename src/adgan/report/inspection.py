"""The pages of an inspection: estimated sizes as circles on the images, or their channels."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from adgan.report.colours import OKABE_ITO
from adgan.report.overlay import thin, to_rgb
from adgan.report.page import Figure, Picture, Section, Table, Value, write_page
from adgan.report.pictures import show
from adgan.system.text import count_of

SIZES_TEXT = (
    "Each circle has the estimated median size of the nuclei of its image and is centred on a "
    "nucleus found by the built-in model. Circles should be about as large as the nuclei: if "
    "they are not, pass the correct radius to the training. Nuclei without a circle do no harm."
)
CHANNELS_TEXT = (
    "These images have several channels. Choose the one that shows the nuclei, usually a DNA stain "
    "such as DAPI or Hoechst with round objects of similar size, and pass its number, counted "
    "from 0."
)
CHANNEL_SIDE_MAX_PIXELS = 400
"""Longer side of the picture of a channel."""


def circles(
    image: NDArray[Any],
    centres: NDArray[np.float64],
    radius: float,
    pixel: tuple[float, float] = (1.0, 1.0),
) -> NDArray[np.uint8]:
    """Draw circles of one size on an image, or on the maximum projection of a volume along Z.

    Parameters
    ----------
    image
        Intensities, ``(Z) Y X``.
    centres
        Centres in pixels, ``(N, ndim)``.
    radius
        Radius in pixels of the last axis.
    pixel
        Height and width of a pixel of the plane, in the same unit.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``.
    """
    plane = image.max(axis=0) if image.ndim == 3 else image
    gray = show(plane, pixel)
    rows, columns = (new / old for new, old in zip(gray.shape, plane.shape, strict=True))
    picture = PIL.Image.fromarray(to_rgb(gray))
    pen, reach = PIL.ImageDraw.Draw(picture), radius * columns
    for y, x in centres[:, -2:]:
        middle = (x + 0.5) * columns, (y + 0.5) * rows
        box = [c + sign * reach for sign in (-1, 1) for c in middle]
        pen.ellipse(box, outline=OKABE_ITO["orange"], width=thin(gray.shape))
    return np.asarray(picture)


def sizes_page(
    path: str | Path,
    lines: Sequence[str],
    pictures: Mapping[str, tuple[NDArray[np.uint8], Mapping[str, Value]]],
) -> None:
    """Write the report page of an inspection.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    lines
        Text about the whole set.
    pictures
        Picture of each image and values for its caption, by its name.
    """
    figures = tuple(
        Figure(name, (Picture(picture),), numbers) for name, (picture, numbers) in pictures.items()
    )
    rows = [{"image": name, **numbers} for name, (_, numbers) in pictures.items()]
    sections = [
        Section("All images", text=tuple(lines)),
        Section("Is this the size of your nuclei?", text=(SIZES_TEXT,), figures=figures),
        Section("Every image", tables=(Table(rows, long=True),)),
    ]
    count = len(rows)
    write_page(path, "Before training", sections, f"{count_of(count, 'image')} inspected")


def channels_page(path: str | Path, images: Mapping[str, NDArray[Any]]) -> None:
    """Write a page that shows the channels of images, to choose the nuclear one.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    images
        Channels of each image, ``C Y X``, by its name.
    """
    figures = tuple(
        Figure(
            name,
            tuple(
                Picture(to_rgb(show(plane, largest=CHANNEL_SIDE_MAX_PIXELS)), f"channel {number}")
                for number, plane in enumerate(channels)
            ),
        )
        for name, channels in images.items()
    )
    sections = [Section("Which channel shows nuclei?", text=(CHANNELS_TEXT,), figures=figures)]
    write_page(path, "Channels", sections, f"{len(images)} images")
