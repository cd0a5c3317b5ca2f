"""Results of `adgan segment`: the images of a folder, the least certain first, and their labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adgan.batch.manifest import Manifest
from adgan.errors import AdganError
from adgan.io import Image, ReadOptions, read_images, read_labels
from adgan.io.sources import open_images
from adgan.recipe.settings import read_json
from adgan.segmentation.folder import SETTINGS
from adgan_napari.corrections import Corrections
from adgan_napari.review import told_by

READ_SETTINGS = ("channel", "frames", "axes", "scene")
"""Settings of a segmentation that define how its images are read."""


@dataclass(frozen=True)
class Result:
    """One image of a segmentation.

    Attributes
    ----------
    name, source
        Name of the image, and path of its file.
    nuclei
        Number of nuclei.
    expected
        The expected F1; nan if it was segmented without confidence.
    """

    name: str
    source: Path
    nuclei: int
    expected: float


@dataclass(frozen=True)
class Opened:
    """An image with its label map.

    Attributes
    ----------
    image
        The image; None if it can no longer be read.
    labels
        Label map, the corrected one if there is one.
    confidence
        Confidence by label.
    accepted
        Labels that were accepted before.
    """

    image: Image | None
    labels: Image
    confidence: dict[int, float]
    accepted: set[int]


def results_in(folder: Path) -> list[Result]:
    """List the images of a segmentation, those with the lowest expected F1 first.

    Raises
    ------
    AdganError
        If the folder holds no segmentation.
    """
    rows = Manifest(folder).rows.values() if folder.is_dir() else []
    found = [
        Result(
            row.name,
            Path(row.source),
            int(row.details["nuclei"]),
            float(row.details.get("confidence", np.nan)),
        )
        for row in rows
        if row.state != "skipped"
    ]
    if not found:
        raise AdganError(f"{folder} holds no segmentation: choose a folder that Segment wrote")
    return sorted(found, key=lambda one: (np.nan_to_num(one.expected, nan=2.0), one.name))


def open_result(folder: Path, result: Result, corrections: Corrections) -> Opened:
    """Read an image of a segmentation with its labels.

    Parameters
    ----------
    folder
        Folder of the segmentation.
    result
        One of its images.
    corrections
        Corrected label maps, which are preferred.

    Raises
    ------
    AdganError
        If the label map cannot be read.
    """
    path = folder / f"{result.name}.tif"
    found = read_labels(path)
    painted = folder / "confidence" / f"{result.name}.tif"
    confidence: dict[int, float] = {}
    if painted.is_file():
        (values,) = read_images(painted, check=False)
        confidence = told_by(values.pixels, found.pixels)
    corrected = corrections.path(result.name)
    labels = read_labels(corrected) if corrected.is_file() else found
    return Opened(_image_of(folder, result), labels, confidence, corrections.accepted(result.name))


def _image_of(folder: Path, result: Result) -> Image | None:
    try:
        settings = read_json(folder / SETTINGS).get("settings", {})
        reading = {name: settings[name] for name in READ_SETTINGS if settings.get(name) is not None}
        found = open_images([result.source], ReadOptions(**reading))
        last = result.name.rpartition("/")[2]
        entry = next((e for e in found.entries if e.name in (result.name, last)), None)
        return found.read(entry) if entry else None
    except AdganError:
        return None
