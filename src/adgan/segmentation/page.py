"""The confidence report of a results folder, the least certain image first."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from adgan.batch.manifest import Row
from adgan.io import Collection, Image, read_images, read_labels
from adgan.report.trust import SHOWN, Judged, trust_page, trust_picture
from adgan.segmentation.options import Options


def confidence_page(
    folder: Path, rows: Iterable[Row], collection: Collection, options: Options
) -> None:
    """Write the confidence report from the manifest and the files of a results folder.

    Parameters
    ----------
    folder
        Results folder.
    rows
        The rows of its manifest.
    collection
        The images; the least certain ones are read again to be shown.
    options
        Determine the paths of the label maps.
    """
    judged = sorted(
        (row for row in rows if "confidence" in row.details), key=lambda r: r.details["confidence"]
    )
    entries = {entry.name: entry for entry in collection.entries}
    first = judged[: SHOWN.images] if options.pictures else []
    shown = [entries[row.name] for row in first if row.name in entries]
    pictures = {
        e.name: _trust_picture(folder, collection.read(e), options.place(folder, e))
        for e in shown
        if not e.large
    }
    if judged:
        trust_page(
            folder / "confidence" / "report.html",
            [
                Judged(
                    row.name,
                    row.details["confidence"],
                    tuple(row.details["bands"]),
                    row.details["missed"],
                    pictures.get(row.name),
                )
                for row in judged
            ],
        )


def _trust_picture(folder: Path, image: Image, path: Path) -> np.ndarray:
    """Draw the label map of an image, coloured by confidence, from its files."""
    labels = read_labels(path).pixels
    (painted,) = read_images(folder / "confidence" / f"{image.name}.tif", check=False)
    nuclei = np.zeros(int(labels.max()) + 1)
    nuclei[labels.ravel()] = painted.pixels.ravel()
    return trust_picture(image.pixels, labels, nuclei[1:], image.spacing)
