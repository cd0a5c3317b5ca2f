"""A page that shows the channels of images, to choose the nuclear one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from adgan.report.overlay import to_rgb
from adgan.report.page import Figure, Picture, Section, write_page
from adgan.report.pictures import show

TEXT = (
    "These images have several channels. Choose the one that shows the nuclei, usually a DNA stain "
    "such as DAPI or Hoechst with round objects of similar size, and pass its number, counted "
    "from 0."
)
PICTURE_SIDE_MAX_PIXELS = 400
"""Longer side of a picture."""


def channels_page(path: str | Path, images: Mapping[str, NDArray[Any]]) -> None:
    """Write the page.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    images
        Channels of each image, ``C Y X``, by its name.

    Raises
    ------
    AdganError
        If the page cannot be written.
    """
    figures = tuple(
        Figure(
            name,
            tuple(
                Picture(to_rgb(show(plane, largest=PICTURE_SIDE_MAX_PIXELS)), f"channel {number}")
                for number, plane in enumerate(channels)
            ),
        )
        for name, channels in images.items()
    )
    sections = [Section("Which channel shows nuclei?", text=(TEXT,), figures=figures)]
    write_page(path, "Channels", sections, f"{len(images)} images")
