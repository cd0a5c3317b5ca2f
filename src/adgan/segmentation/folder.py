"""The results of a set of images: in memory, or in a folder that is gone on with."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from adgan.batch.begin import begin
from adgan.batch.manifest import Manifest, Row
from adgan.batch.part import Part
from adgan.io import Collection, Entry
from adgan.segmentation.image_files import check_store
from adgan.segmentation.options import Options
from adgan.segmentation.page import confidence_page
from adgan.segmentation.result import Segmented, written
from adgan.series import Series, write_series

SETTINGS = "segment.json"
"""File of an output folder that says what its label maps depend on."""


@dataclass
class Results:
    """What became of each image.

    Attributes
    ----------
    options
        What is asked for.
    own
        The images that this process is to do, or has done before.
    manifest
        Of the folder, where there is one.
    found, skipped
        Results by name, and the rows of images that could not be used.
    """

    options: Options
    own: Sequence[Entry]
    manifest: Manifest | None = None
    found: dict[str, Segmented] = field(default_factory=dict)
    skipped: list[Row] = field(default_factory=list)

    @property
    def folder(self) -> Path | None:
        """Where files are written."""
        return self.manifest.folder if self.manifest else None

    def missing(self) -> list[Entry]:
        """Return the images that are not done yet."""
        if self.manifest is None:
            return list(self.own)
        place = partial(self.options.place, self.manifest.folder)
        return [entry for entry in self.own if not self.manifest.has(entry, place(entry))]

    def done_before(self, missing: Sequence[Entry]) -> list[str]:
        """Say how many images are done already, if any are."""
        number = len(self.own) - len(missing)
        return [f"{number} of {len(self.own)} images were done before"] if number else []

    def skip(self, rows: Iterable[Row]) -> None:
        """Write down images that cannot be used, before any is done."""
        for row in rows:
            self.skipped.append(row)
            if self.manifest:
                self.manifest.add(row)

    def add(self, row: Row, result: Segmented | None) -> None:
        """Keep what became of an image; whoever did it has written its row."""
        if result is None:
            self.skipped.append(row)
        else:
            self.found[row.name] = result

    def close(self) -> None:
        """Put the manifest in order, and take up what was done before."""
        if self.manifest is None:
            return
        left = {row.name for row in self.skipped}
        for entry in self.own:
            if entry.name not in left:
                place = self.options.place(self.manifest.folder, entry)
                known = written(self.manifest.rows[entry.name], place)
                self.found.setdefault(entry.name, known)
        names = [*(entry.name for entry in self.own), *(row.name for row in self.skipped)]
        self.manifest.close(names)

    def write_series(self, tracks: Sequence[Series]) -> None:
        """Write the label maps of time series as trackers read them."""
        if self.manifest:
            place = partial(self.options.place, self.manifest.folder)
            for one in tracks:
                write_series(self.manifest.folder / "series", one, place)

    def write_page(self, collection: Collection) -> None:
        """Write the page of confidence, if it is asked for."""
        if self.manifest and self.options.confidence:
            rows = self.manifest.rows.values()
            confidence_page(self.manifest.folder, rows, collection, self.options)

    def listed(self) -> list[Segmented]:
        """Return all results in the order of the images, skipped ones at the end."""
        done = [self.found[entry.name] for entry in self.own if entry.name in self.found]
        return [*done, *(Segmented(row.name, 0, reason=row.reason) for row in self.skipped)]


def begin_results(
    collection: Collection,
    options: Options,
    share: Part | None,
    output: str | os.PathLike[str] | None,
    settings: dict[str, Any],
    named: str,
    overwrite: bool,
) -> Results:
    """Begin a folder of results, or go on with it; without a folder they are held in memory.

    Parameters
    ----------
    collection, options
        The images, and what is asked for.
    share
        The part of them that is done here.
    output
        The folder.
    settings
        All that its label maps depend on.
    named
        What to call the model, in messages.
    overwrite
        Whether to start anew in a folder that holds files.

    Raises
    ------
    AdganError
        If the folder cannot be written, or was begun with other settings.
    """
    own = share.take(collection.entries) if share else collection.entries
    if output is None:
        return Results(options, own)
    check_store(options.store, collection.entries)
    shared = share is not None
    folder = begin(output, SETTINGS, settings, overwrite, collection.paths, named, shared=shared)
    return Results(options, own, Manifest(folder, share))
