"""The confidence report: which images to check first, and which nuclei in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan.report.colours import OKABE_ITO, Colour, css
from adgan.report.overlay import edges, thin, to_rgb
from adgan.report.page import LISTED, Figure, Legend, Picture, Section, Table, Value, write_page
from adgan.report.volumes import sheet
from adgan.system.text import count_of

LIMITS = (0.5, 0.8)
"""Lower limits of the second and third band of confidence."""
BANDS: dict[str, tuple[Colour, str]] = {
    "doubtful": (OKABE_ITO["vermillion"], "confidence below 0.5: check these"),
    "fair": (OKABE_ITO["yellow"], "from 0.5 to 0.8"),
    "sure": (OKABE_ITO["sky"], "0.8 and more"),
}


@dataclass(frozen=True)
class Shown:
    """What the report shows.

    Parameters
    ----------
    images
        Largest number of images with a picture.
    side
        Longer side of a picture, in pixels.
    """

    images: int = 6
    side: int = 600


SHOWN = Shown()


@dataclass(frozen=True)
class Judged:
    """The confidence of one image.

    Parameters
    ----------
    name
        Name of the image.
    confidence
        Confidence of the whole image: its expected F1.
    bands
        Number of its nuclei that are doubtful, fair and sure.
    missed
        Number of nuclei that the label map seems to lack.
    picture
        Result of :func:`trust_picture`; None if the page does not show it.
    """

    name: str
    confidence: float
    bands: tuple[int, ...]
    missed: float
    picture: NDArray[np.uint8] | None


def trust_picture(
    image: NDArray[Any],
    labels: NDArray[np.integer],
    nuclei: NDArray[np.float64],
    spacing: tuple[float, ...] | None = None,
) -> NDArray[np.uint8]:
    """Draw outlines on an image in the colour of their confidence.

    Parameters
    ----------
    image
        Intensities, ``(Z) Y X``; a volume is shown as projection and sections.
    labels
        Its label map, labels 1 to N.
    nuclei
        Confidence of each nucleus, ``(N,)``.
    spacing
        Pixel size per axis; None for 1 along all axes.

    Returns
    -------
    numpy.ndarray
        uint8, ``Y X 3``.
    """
    colours = np.array([colour for colour, _ in BANDS.values()], np.uint8)
    # The background has no outline, so its band does not matter.
    bands = np.concatenate([[0], np.digitize(nuclei, LIMITS)])

    def draw(gray: NDArray[np.uint8], small: NDArray[Any]) -> NDArray[np.uint8]:
        rgb = to_rgb(gray)
        outline = edges(small, thin(gray.shape))
        rgb[outline] = colours[bands[small[outline]]]
        return rgb

    return sheet(image, labels, spacing, draw, SHOWN.side)


def trust_page(path: str | Path, judged: Sequence[Judged]) -> None:
    """Write the report: images sorted by confidence, with pictures of the lowest.

    Parameters
    ----------
    path
        The HTML file to write or replace.
    judged
        One entry per image.
    """
    order = sorted(judged, key=lambda image: image.confidence)
    counts = np.sum([image.bands for image in order], axis=0)
    entries = [
        (css(colour), word, int(count), meaning)
        for (word, (colour, meaning)), count in zip(BANDS.items(), counts, strict=True)
    ]
    figures = tuple(
        Figure(image.name, (Picture(image.picture),), _numbers(image))
        for image in order[: SHOWN.images]
        if image.picture is not None
    )
    text = (
        "The confidence of an image is its expected F1, estimated without ground truth: from how "
        "certain the networks are of each nucleus, whether it is found again when the image is "
        "transformed, and how many nuclei seem to be missed. It ranks images and nuclei, but is "
        "not a measured score."
    )
    table = Table([{"image": i.name, **_numbers(i)} for i in order[:LISTED]], long=True)
    listed = "Every image" if len(order) <= LISTED else f"The {LISTED} images to check first"
    sections = [
        Section("Check these first", (text,), legend=Legend(tuple(entries)), figures=figures),
        Section(listed, tables=(table,)),
    ]
    count = len(order)
    write_page(path, "Confidence", sections, count_of(count, "image"))


def count_bands(nuclei: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the numbers of doubtful, fair and sure nuclei."""
    return np.bincount(np.digitize(nuclei, LIMITS), minlength=len(BANDS))


def _numbers(image: Judged) -> dict[str, Value]:
    return {
        "confidence": image.confidence,
        "nuclei": sum(image.bands),
        "doubtful": image.bands[0],
        "perhaps missed": round(image.missed),
    }
