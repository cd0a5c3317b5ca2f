"""The channels of some images beside each other, to choose the one that shows nuclei."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from adgan.report.overlay import to_rgb
from adgan.report.page import Figure, Picture, Section, write_page
from adgan.report.pictures import show

TEXT = (
    "These images have several channels, and one of them shows the nuclei: most often the one of a "
    "stain for DNA, such as DAPI or Hoechst, of round bodies of one size. Its number is the "
    "channel to name; counting starts at 0."
)
LARGEST = 400
"""Pixels along the longer side of a picture."""


def channels_page(path: str | Path, images: Mapping[str, NDArray[Any]]) -> None:
    """Write the page.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    images
        Name of an image to its channels, ``C Y X``.

    Raises
    ------
    AdganError
        If the page cannot be written.
    """
    figures = tuple(
        Figure(
            name,
            tuple(
                Picture(to_rgb(show(plane, largest=LARGEST)), f"channel {number}")
                for number, plane in enumerate(channels)
            ),
        )
        for name, channels in images.items()
    )
    sections = [Section("Which channel shows nuclei?", text=(TEXT,), figures=figures)]
    write_page(path, "Channels", sections, f"{len(images)} images")
