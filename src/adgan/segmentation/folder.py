"""The results of a set of images, in memory or in a folder that can be continued."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from adgan.batch.begin import begin
from adgan.batch.manifest import Manifest, Part, Row
from adgan.io import Collection, Entry, Image, read_images, read_labels
from adgan.report.trust import SHOWN, Judged, trust_page, trust_picture
from adgan.segmentation.image_files import check_store
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.result import Segmented, result_of
from adgan.segmentation.series import Series, write_series

SETTINGS = "segment.json"
"""File of an output folder with the settings on which its label maps depend."""


@dataclass
class Results:
    """The result of each image.

    Attributes
    ----------
    options
        The requested results.
    own
        The images that this process segments or has segmented before.
    manifest
        The manifest of the folder, if there is a folder.
    found, skipped
        Results by name, and the rows of images that could not be used.
    """

    options: SegmentOptions
    own: Sequence[Entry]
    manifest: Manifest | None = None
    found: dict[str, Segmented] = field(default_factory=dict)
    skipped: list[Row] = field(default_factory=list)

    @property
    def folder(self) -> Path | None:
        """The results folder, if any."""
        return self.manifest.folder if self.manifest else None

    def missing(self) -> list[Entry]:
        """Return the images that are not finished yet."""
        if self.manifest is None:
            return list(self.own)
        place = partial(self.options.place, self.manifest.folder)
        return [entry for entry in self.own if not self.manifest.has(entry, place(entry))]

    def done_before(self, missing: Sequence[Entry]) -> list[str]:
        """Return a line with the number of images that are already finished, if any."""
        number = len(self.own) - len(missing)
        return [f"{number} of {len(self.own)} images were segmented before"] if number else []

    def skip(self, rows: Iterable[Row]) -> None:
        """Record images that cannot be used, before the first one is segmented."""
        for row in rows:
            self.skipped.append(row)
            if self.manifest:
                self.manifest.add(row)

    def add(self, row: Row, result: Segmented | None) -> None:
        """Keep the result of an image, whose row is already in the manifest."""
        if result is None:
            self.skipped.append(row)
        else:
            self.found[row.name] = result

    def close(self) -> None:
        """Sort the manifest, and add the results of images that were finished before."""
        if self.manifest is None:
            return
        left = {row.name for row in self.skipped}
        for entry in self.own:
            if entry.name not in left:
                place = self.options.place(self.manifest.folder, entry)
                known = result_of(self.manifest.rows[entry.name], path=place)
                self.found.setdefault(entry.name, known)
        names = [*(entry.name for entry in self.own), *(row.name for row in self.skipped)]
        self.manifest.close(names)

    def write_series(self, tracks: Sequence[Series]) -> None:
        """Write the label maps of time series in the formats of trackers."""
        if self.manifest:
            place = partial(self.options.place, self.manifest.folder)
            for one in tracks:
                write_series(self.manifest.folder / "series", one, place)

    def write_page(self, collection: Collection) -> None:
        """Write the confidence report, if requested."""
        if self.manifest and self.options.confidence:
            rows = self.manifest.rows.values()
            _write_page(self.manifest.folder, rows, collection, self.options)

    def listed(self) -> list[Segmented]:
        """Return all results in the order of the images, skipped ones at the end."""
        done = [self.found[entry.name] for entry in self.own if entry.name in self.found]
        return [*done, *(Segmented(row.name, 0, reason=row.reason) for row in self.skipped)]


def begin_results(
    collection: Collection,
    options: SegmentOptions,
    share: Part | None,
    output: str | os.PathLike[str] | None,
    settings: dict[str, Any],
    named: str,
    overwrite: bool,
) -> Results:
    """Start or continue a results folder; without a folder, keep the results in memory.

    Parameters
    ----------
    collection, options
        The images and the requested results.
    share
        The part of the images that this process segments.
    output
        Results folder.
    settings
        All settings on which the label maps depend.
    named
        Name of the model, for messages.
    overwrite
        If True, start over in a folder that contains files.

    Raises
    ------
    AdganError
        If the folder cannot be written, or was started with other settings.
    """
    own = share.take(collection.entries) if share else collection.entries
    if output is None:
        return Results(options, own)
    check_store(options.store, collection.entries)
    shared = share is not None
    folder = begin(output, SETTINGS, settings, overwrite, collection.paths, named, shared=shared)
    return Results(options, own, Manifest(folder, share))


def _write_page(
    folder: Path, rows: Iterable[Row], collection: Collection, options: SegmentOptions
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
